import { diffWords } from 'diff'

/** A part of two texts: in both, only in the later one, or only in the earlier one. */
export interface WordPart {
  readonly kind: 'same' | 'added' | 'dropped'
  readonly text: string
}

/** What one text has of another. */
export interface WordDiff {
  readonly parts: readonly WordPart[]
  /** The share of the later text's words that are the earlier one's too, in their order; 1 for a text without words. */
  readonly shared: number
}

/** Texts that differ by more words than this are shown as different altogether: the work grows with the square. */
const mostEdits = 1200

const wordCount = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0

/** Words of `later` that are not in `earlier`, and the other way round. */
export function wordDiff(earlier: string, later: string): WordDiff {
  const changes = diffWords(earlier, later, { maxEditLength: mostEdits }) ?? [
    { value: earlier, removed: true, added: false },
    { value: later, removed: false, added: true },
  ]
  const parts = changes
    .filter(({ value }) => value !== '')
    .map(({ value, added, removed }): WordPart => {
      const kind = added ? 'added' : removed ? 'dropped' : 'same'
      return { kind, text: value }
    })
  const count = (kind: WordPart['kind']): number =>
    parts.reduce((sum, part) => sum + (part.kind === kind ? wordCount(part.text) : 0), 0)
  const [same, added] = [count('same'), count('added')]
  return { parts, shared: same + added === 0 ? 1 : same / (same + added) }
}
