import type { Numbers } from '../annotators/comparisons'
import { checkNames, choose } from '../check-options'
import { largerOfPair, pairsAmong } from './pair-index'
import type { PairSequence } from './pair-sequence'
import {
  checkRankedPairs,
  fromTheMiddle,
  type PromptPairs,
  type RankedPairsOptions,
  rankedNames,
  rankedPairs,
} from './ranked-pairs'
import { rankByScore, scoresOf } from './ranks'
import { type Groups, type ResponseTable, rowOf, sizeOf } from './response-table'

/**
 * Which responses are similar: `middle`, those next to each other in rank, from the middle outwards, then those two
 * apart, and so on; or `closest`, those next to each other in rank, smallest difference of scores first.
 */
export type Similarity = 'middle' | 'closest'

/** Options of {@link similarPairs}. */
export interface SimilarPairsOptions extends RankedPairsOptions {
  /** Which responses are similar, `middle` or `closest`; see {@link Similarity}. Default: `middle`. */
  similarity?: Similarity
  /** How many pairs of one prompt to give at most; an integer ≥ 1, or Infinity. Default: 1, as in the paper. */
  perPrompt?: number
}

const PURPOSE = 0x73696d

/** Ranks by distance, and from the middle outwards among pairs of one distance. */
const byMiddle = (ranked: Groups): PromptPairs => ({
  count: (group) => pairsAmong(sizeOf(ranked, group)),
  at: (group, round) => {
    const size = sizeOf(ranked, group)
    // Counted from the far end, where one pair has the largest distance, two the next, …
    const left = pairsAmong(size) - 1 - round
    const having = largerOfPair(left)
    const lower = fromTheMiddle(having - 1 - (left - pairsAmong(having)), having)
    return [lower, lower + size - having]
  },
})

/** For each prompt, ranks of which the next one is as close, closest first, where its rows stand. */
function closestRanks(ranked: Groups, scores: Numbers): Int32Array {
  const lowers = new Int32Array(ranked.rows.length)
  for (let group = 0; group < ranked.count; group++) {
    const start = ranked.starts[group]!
    const own = lowers.subarray(start, ranked.starts[group + 1])
    for (let rank = 0; rank < own.length; rank++) own[rank] = rank
    const gap = (rank: number) =>
      scores[rowOf(ranked, group, rank)]! - scores[rowOf(ranked, group, rank + 1)]!
    own.subarray(0, Math.max(0, own.length - 1)).sort((a, b) => gap(a) - gap(b) || a - b)
  }
  return lowers
}

function byCloseness(ranked: Groups, table: ResponseTable): PromptPairs {
  const lowers = closestRanks(ranked, scoresOf(table))
  return {
    count: (group) => Math.max(0, sizeOf(ranked, group) - 1),
    at: (group, round) => {
      const lower = lowers[ranked.starts[group]! + round]!
      return [lower, lower + 1]
    },
  }
}

/**
 * Pairs of responses to one prompt that are about as good as each other, hard to tell apart: the paper's similar
 * comparisons, ranks 4 and 5 of ten by golden score, for each prompt in turn.
 *
 * Source: 2411.04991; its code (`step5_train_rms.py`) for the ranks. Proven against its definition.
 *
 * @throws NoiseError `MISSING_CONTEXT` without scores; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 * `INVALID_OPTION`.
 */
export function similarPairs(table: ResponseTable, options: SimilarPairsOptions = {}): PairSequence {
  checkNames('similarPairs', options, { ...rankedNames, similarity: true })
  const limits = checkRankedPairs(options, 1)
  const order = choose('similarity', options.similarity ?? 'middle', {
    middle: byMiddle,
    closest: byCloseness,
  })
  const ranked = rankByScore(table, limits.seed)
  const pairs = order(ranked, table)
  return rankedPairs(ranked, limits, PURPOSE, () => pairs)
}
