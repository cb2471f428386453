import { checkInteger, checkNames } from '../check-options'
import type { PairSequence } from './pair-sequence'
import { permuted, subKey } from './permutation'
import { checkRankedPairs, type RankedPairsOptions, rankedNames, rankedPairs } from './ranked-pairs'
import { rankByScore } from './ranks'
import { type ResponseTable, sizeOf } from './response-table'

/** Options of {@link topVsRestPairs}. */
export interface TopVsRestPairsOptions extends RankedPairsOptions {
  /** How many of each prompt's best responses are the top, ≥ 1. Default: 1. */
  top?: number
  /** How many pairs of one prompt to give at most; an integer ≥ 1, or Infinity. Default: all. */
  perPrompt?: number
}

const PURPOSE = 0x746f70

/**
 * Pairs of one of a prompt's best responses by score with one of the others, in random order, for each prompt in
 * turn: top · (n − top) of n responses.
 *
 * Source: this package. Proven against its definition, within sampling error.
 *
 * @throws NoiseError `MISSING_CONTEXT` without scores; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 * `INVALID_OPTION`.
 */
export function topVsRestPairs(table: ResponseTable, options: TopVsRestPairsOptions = {}): PairSequence {
  checkNames('topVsRestPairs', options, { ...rankedNames, top: true })
  const limits = checkRankedPairs(options, Number.POSITIVE_INFINITY)
  const { top = 1 } = options
  checkInteger('top', top, 1)
  const ranked = rankByScore(table, limits.seed)
  const rest = (group: number) => Math.max(0, sizeOf(ranked, group) - top)
  return rankedPairs(ranked, limits, PURPOSE, () => ({
    count: (group) => top * rest(group),
    at: (group, round, key) => {
      const index = permuted(round, top * rest(group), subKey(key, ~group))
      const other = index % rest(group)
      return [(index - other) / rest(group), top + other]
    },
  }))
}
