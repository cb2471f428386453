import { checkOptionNames } from './check-option-names'
import type { Comparison } from './comparison'
import { directedKey, exactTexts, normalisedTexts } from './comparison-keys'

/** What counts as the same, and what goes. */
export interface DeduplicateOptions {
  /** `exact`: the same texts; `normalised`: the same but for case and white space. Default `exact`. */
  readonly match?: 'exact' | 'normalised'
  /** Drop pairs whose two responses are the same; default true. */
  readonly dropIdentical?: boolean
  /** Drop both directions of pairs that were judged both ways; default false, as annotators may disagree. */
  readonly dropContradictory?: boolean
}

/** What is left, and what went. */
export interface Deduplicated {
  /** In their order; of duplicates the first. */
  readonly comparisons: readonly Comparison[]
  /** Comparisons that repeat an earlier one. */
  readonly duplicates: number
  /** Comparisons whose responses are the same. */
  readonly identical: number
  /** Comparisons whose pair was also judged the other way, after duplicates are gone. */
  readonly contradictory: number
}

/**
 * Comparisons without duplicates and identical pairs and, when asked, without contradictory ones; with the counts.
 * Throws DatasetError INVALID_OPTION.
 */
export function deduplicateComparisons(
  comparisons: Iterable<Comparison>,
  options: DeduplicateOptions = {},
): Deduplicated {
  checkOptionNames(options, { match: true, dropIdentical: true, dropContradictory: true })
  const { match = 'exact', dropIdentical = true, dropContradictory = false } = options
  const textsOf = (comparison: Comparison) =>
    match === 'exact' ? exactTexts(comparison) : normalisedTexts(exactTexts(comparison))
  const first = new Map<string, { comparison: Comparison; reverse: string }>()
  let duplicates = 0
  let identical = 0
  for (const comparison of comparisons) {
    const texts = textsOf(comparison)
    if (dropIdentical && texts.chosen === texts.rejected) {
      identical++
      continue
    }
    const key = directedKey(texts)
    if (first.has(key)) duplicates++
    else
      first.set(key, {
        comparison,
        reverse: directedKey({ ...texts, chosen: texts.rejected, rejected: texts.chosen }),
      })
  }
  const contradicts = ([key, { reverse }]: [string, { reverse: string }]) =>
    key !== reverse && first.has(reverse)
  const entries = [...first.entries()]
  const kept = dropContradictory ? entries.filter((entry) => !contradicts(entry)) : entries
  return {
    comparisons: kept.map(([, { comparison }]) => comparison),
    duplicates,
    identical,
    contradictory: entries.length - kept.length,
  }
}
