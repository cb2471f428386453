import { checkNames } from '../check-options'
import { largerOfPair, pairsAmong } from './pair-index'
import type { PairSequence } from './pair-sequence'
import {
  checkRankedPairs,
  fromTheMiddle,
  type RankedPairsOptions,
  rankedNames,
  rankedPairs,
} from './ranked-pairs'
import { rankByScore } from './ranks'
import { type ResponseTable, sizeOf } from './response-table'

/** Options of {@link diversifiedPairs}. */
export interface DiversifiedPairsOptions extends RankedPairsOptions {
  /** How many pairs of one prompt to give at most; an integer ≥ 1, or Infinity. Default: 1, as in the paper. */
  perPrompt?: number
}

const PURPOSE = 0x646976

/**
 * Pairs of responses to one prompt that are as far apart as can be: the paper's diversified comparisons, best and
 * worst (ranks 0 and 9 of ten by golden score), for each prompt in turn. With `perPrompt` above 1 those next to them
 * in distance of ranks follow.
 *
 * Source: 2411.04991; its code (`step5_train_rms.py`) for the ranks. Proven against its definition.
 *
 * @throws NoiseError `MISSING_CONTEXT` without scores; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 * `INVALID_OPTION`.
 */
export function diversifiedPairs(table: ResponseTable, options: DiversifiedPairsOptions = {}): PairSequence {
  checkNames('diversifiedPairs', options, rankedNames)
  const limits = checkRankedPairs(options, 1)
  const ranked = rankByScore(table, limits.seed)
  return rankedPairs(ranked, limits, PURPOSE, () => ({
    count: (group) => pairsAmong(sizeOf(ranked, group)),
    at: (group, round) => {
      const having = largerOfPair(round)
      const lower = fromTheMiddle(round - pairsAmong(having), having)
      return [lower, lower + sizeOf(ranked, group) - having]
    },
  }))
}
