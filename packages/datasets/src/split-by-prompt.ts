import { checkOptionNames } from './check-option-names'
import type { Comparison } from './comparison'
import { promptKey } from './comparison-keys'
import { DatasetError } from './dataset-error'
import { HASH_RANGE, hashText } from './hash-text'

/** How comparisons are split. */
export interface SplitOptions<Name extends string = string> {
  /** The expected share of prompts in each split, by name: each in [0, 1], together 1 (to 1e-9). */
  readonly fractions: Readonly<Record<Name, number>>
  /** Chooses among the possible splits, a whole number; default 0. */
  readonly seed?: number
}

function checkSplit<Name extends string>(options: SplitOptions<Name>): readonly [Name, number][] {
  checkOptionNames(options, { fractions: true, seed: true })
  const { fractions, seed = 0 } = options
  const entries = Object.entries(fractions) as [Name, number][]
  const refuse = (text: string) => new DatasetError('INVALID_OPTION', text)
  for (const [name, fraction] of entries)
    if (!(fraction >= 0 && fraction <= 1)) throw refuse(`fractions.${name}: expected 0 to 1, is ${fraction}`)
  const total = entries.reduce((sum, [, fraction]) => sum + fraction, 0)
  if (!(Math.abs(total - 1) <= 1e-9)) throw refuse(`fractions: expected a sum of 1, is ${total}`)
  if (!Number.isInteger(seed)) throw refuse(`seed: expected a whole number, is ${seed}`)
  return entries
}

function pickSplit<Name extends string>(
  comparison: Comparison,
  entries: readonly [Name, number][],
  seed: number,
): Name {
  const position = hashText(`${seed}\n${promptKey(comparison)}`) / HASH_RANGE
  let end = 0
  for (const [name, fraction] of entries) {
    end += fraction
    if (position < end) return name
  }
  // Rounding may leave the sum just under 1: the last split that is not empty takes what is beyond it.
  return entries.findLast(([, fraction]) => fraction > 0)![0]
}

/**
 * The split of one comparison, for streams: it depends on the prompt, the fractions and the seed alone, so the same
 * prompt (case and white space aside) is always in the same split. Throws DatasetError INVALID_OPTION.
 */
export function splitOf<Name extends string>(comparison: Comparison, options: SplitOptions<Name>): Name {
  return pickSplit(comparison, checkSplit(options), options.seed ?? 0)
}

/**
 * Comparisons by split, in their order. Each prompt is in one split only, decided by a hash of its text, so the
 * split repeats exactly, in any order and with more data; shares are met in expectation. Comparisons without a
 * prompt are split by their responses. Throws DatasetError INVALID_OPTION.
 */
export function splitByPrompt<Name extends string>(
  comparisons: Iterable<Comparison>,
  options: SplitOptions<Name>,
): Record<Name, Comparison[]> {
  const entries = checkSplit(options)
  const splits = Object.fromEntries(entries.map(([name]) => [name, [] as Comparison[]])) as Record<
    Name,
    Comparison[]
  >
  for (const comparison of comparisons)
    splits[pickSplit(comparison, entries, options.seed ?? 0)].push(comparison)
  return splits
}
