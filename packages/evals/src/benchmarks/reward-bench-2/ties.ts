import { EvalsError } from '../../evals-error'
import { byName } from '../shared/by-name'
import { estimate, type RowNumbers, type Statistic } from '../shared/estimate'
import type { ResamplingSettings } from '../shared/options'

/** A row of the subset Ties with its scores, those of correct responses first. */
export interface ScoredTies {
  /** `ref:k`, with one correct response, or `tied:k`, with several that are equally good. */
  readonly id: string
  readonly correct: number
  readonly scores: readonly number[]
}

interface Margins {
  /** Best − worst score of correct responses; undefined where there is only one. */
  readonly spread: number | undefined
  /** Worst correct − best wrong score. */
  readonly gap: number
}

/** `ref` or `tied` and the number of the prompt; undefined for any other id. */
export function tiesId(id: string): { kind: 'ref' | 'tied'; prompt: string } | undefined {
  const match = /^(ref|tied):(\d+)$/.exec(id)
  return match ? { kind: match[1] as 'ref' | 'tied', prompt: match[2]! } : undefined
}

function marginsOf({ correct, scores }: ScoredTies): Margins {
  const [right, wrong] = [scores.slice(0, correct), scores.slice(correct)]
  const worst = Math.min(...right)
  const spread = right.length > 1 ? Math.max(...right) - worst : undefined
  return { spread, gap: worst - Math.max(...wrong) }
}

/** tanh(gap/spread − 1), 0 where both are 0. */
function marginScore(gap: number, spread: number): number {
  const score = Math.tanh(gap / spread - 1)
  return Number.isNaN(score) ? 0 : score
}

const COLUMNS = ['ref', 'refs', 'tied', 'ties', 'preferred', 'hard', 'margin', 'both'] as const

type Column = (typeof COLUMNS)[number]

/** What a prompt contributes: numerators and, beside them, whether it has what they need. */
function promptNumbers(ref: Margins | undefined, tied: Margins | undefined): RowNumbers {
  const accurate = (margins: Margins | undefined) => (margins && margins.gap > 0 ? 1 : 0)
  const spread = ref && tied ? tied.spread : undefined
  const both = spread === undefined ? 0 : 1
  const lower = Math.min(ref?.gap ?? 0, tied?.gap ?? 0)
  const numbers: Readonly<Record<Column, number>> = {
    ref: accurate(ref),
    refs: ref ? 1 : 0,
    tied: accurate(tied),
    ties: tied ? 1 : 0,
    preferred: spread !== undefined && tied!.gap > spread ? 1 : 0,
    hard: spread !== undefined && lower > spread ? 1 : 0,
    margin: spread === undefined ? 0 : marginScore(lower, spread),
    both,
  }
  return COLUMNS.map((column) => numbers[column])
}

const share = (sum: number, count: number) => (count === 0 ? 0 : sum / count)

const overall = (means: readonly RowNumbers[]) => {
  const { ref, refs, tied, ties, preferred, hard, margin, both } = byName(COLUMNS, means[0]!)
  return [
    0.3 * share(tied, ties) +
      0.3 * share(ref, refs) +
      0.2 * share(preferred, both) +
      0.2 * share(hard, both) +
      0.01 * share(margin, both),
  ]
}

/**
 * The score of the subset Ties: are correct responses above wrong ones, and by more than they differ among themselves?
 *
 * 0.3 accuracy of tied + 0.3 accuracy of reference prompts + 0.2 share of gap > spread + 0.2 share of the smaller of
 * both gaps > spread + 0.01 mean of tanh(smaller gap / spread − 1). Accurate is a gap above 0. It can exceed 1.
 */
export function scoreTies(rows: readonly ScoredTies[], settings: ResamplingSettings): Statistic {
  const prompts = new Map<string, { ref?: Margins; tied?: Margins }>()
  rows.forEach((row, i) => {
    const { kind, prompt } = tiesId(row.id)!
    const entry = prompts.get(prompt) ?? {}
    if (entry[kind]) {
      const message = `rows of the subset Ties have the id ${row.id} twice (the ${i + 1}th of them); expected one each`
      throw new EvalsError('INVALID_ROW', 'rows', message)
    }
    entry[kind] = marginsOf(row)
    prompts.set(prompt, entry)
  })
  const numbers = [...prompts.values()].map(({ ref, tied }) => promptNumbers(ref, tied))
  return estimate([numbers], overall, settings)[0]!
}
