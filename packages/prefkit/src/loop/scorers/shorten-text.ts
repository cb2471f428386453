import type { Tokenizer } from '@prefkit/lm'

/** Stands for what was left out. */
const gap = ' […] '

/**
 * A text of at most so many tokens beside the gap: how it begins and how it ends, as both tell much of it. Cut between
 * characters.
 */
export function shortenText(tokenizer: Tokenizer, text: string, maxTokens: number): string {
  const ids = tokenizer.encode(text, { addSpecialTokens: false })
  if (ids.length <= maxTokens) return text
  const head = Math.ceil(maxTokens / 2)
  // A cut within a character leaves bytes that are none.
  const start = tokenizer.decode(ids.slice(0, head)).replace(/\uFFFD+$/, '')
  const end = tokenizer.decode(ids.slice(ids.length - (maxTokens - head))).replace(/^\uFFFD+/, '')
  return `${start.trimEnd()}${gap}${end.trimStart()}`
}
