import type { Tokenizer } from '@prefkit/lm'
import { shortenText } from './shorten-text'

/** Texts that are put together, and how many tokens that may take. */
export interface FitTextsOptions {
  readonly tokenizer: Tokenizer
  /** Tokens of the whole that texts are put into. */
  readonly lengthOf: (texts: readonly string[]) => number
  readonly maxTokens: number
}

/**
 * Texts that together with what surrounds them are of at most so many tokens: the longest are shortened first, in their middle, to the
 * same length each, and those that are shorter than that stay as they are. Texts that fit are given back themselves.
 * @returns the texts unchanged, too, where even two tokens of each are too many.
 */
export function fitTexts(
  texts: readonly string[],
  { tokenizer, lengthOf, maxTokens }: FitTextsOptions,
): readonly string[] {
  if (lengthOf(texts) <= maxTokens) return texts
  const shortened = (most: number): readonly string[] =>
    texts.map((text) => shortenText(tokenizer, text, most))
  // The largest that fits: it lies from `fits` up, and below `tooLong`.
  let [fits, tooLong] = [1, maxTokens]
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (lengthOf(shortened(middle)) <= maxTokens) fits = middle
    else tooLong = middle
  }
  return fits < 2 ? texts : shortened(fits)
}
