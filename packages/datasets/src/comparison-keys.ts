import type { Comparison } from './comparison'
import { normaliseText } from './normalise-text'
import { promptText, responseText } from './prompt-text'

/** The three texts of a comparison. */
export interface ComparisonTexts {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}

/** The texts of a comparison as they are. */
export function exactTexts(comparison: Comparison): ComparisonTexts {
  return {
    prompt: promptText(comparison),
    chosen: responseText(comparison.chosen),
    rejected: responseText(comparison.rejected),
  }
}

/** The texts with case and white space evened out. */
export function normalisedTexts({ prompt, chosen, rejected }: ComparisonTexts): ComparisonTexts {
  return { prompt: normaliseText(prompt), chosen: normaliseText(chosen), rejected: normaliseText(rejected) }
}

/** One string for a comparison: the same for the same prompt, chosen and rejected text. */
export function directedKey({ prompt, chosen, rejected }: ComparisonTexts): string {
  return JSON.stringify([prompt, chosen, rejected])
}

/**
 * What two comparisons must share to be of one prompt: the prompt's text in Unicode NFKC, lower case and with single
 * spaces, or, where there is none, the responses so normalised in either order. Splits by prompt go by it.
 */
export function promptKey(comparison: Comparison): string {
  const { prompt, chosen, rejected } = normalisedTexts(exactTexts(comparison))
  return prompt === '' ? JSON.stringify([chosen, rejected].sort()) : prompt
}
