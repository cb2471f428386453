import { escapeHtml, truncateText } from '../escape-html'
import { formatCount } from '../format-number'
import { textLimit } from '../text-block'
import { type WordPart, wordDiff } from './word-diff'

/** Texts with less in common than this are not the one with changes: what was dropped would only be in the way. */
const leastShared = 0.4

const tags: Readonly<Record<WordPart['kind'], (text: string) => string>> = {
  same: (text) => text,
  added: (text) => `<ins>${text}</ins>`,
  dropped: (text) => `<del>${text}</del>`,
}

/** A response as a quotation in which words are marked that its anchor does not have, and how much it has of it. */
export interface DiffBlock {
  readonly markup: string
  /** The share of its words that are the anchor's. */
  readonly shared: number
}

/** Both texts are cut to what people read. */
export function diffBlock(anchor: string, response: string): DiffBlock {
  const { text, hidden } = truncateText(response, textLimit)
  const { parts, shared } = wordDiff(truncateText(anchor, textLimit).text, text)
  const shown = shared >= leastShared ? parts : parts.filter(({ kind }) => kind !== 'dropped')
  const body = shown.map(({ kind, text: part }) => tags[kind](escapeHtml(part))).join('')
  const more = hidden > 0 ? ` <span class="more">… ${formatCount(hidden)} more characters</span>` : ''
  const empty = '<span class="more">(empty)</span>'
  return {
    markup: `<blockquote class="diff">${text.trim() === '' ? empty : body}${more}</blockquote>`,
    shared,
  }
}
