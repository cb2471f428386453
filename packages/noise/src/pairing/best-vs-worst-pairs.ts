import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { checkInteger, checkNames } from '../check-options'
import { type Generator, streamOf } from '../random/streams'
import { pairsAmong } from './pair-index'
import type { PairSequence } from './pair-sequence'
import {
  checkRankedPairs,
  type Places,
  type RankedPairsOptions,
  rankedNames,
  rankedPairs,
} from './ranked-pairs'
import { rankByScore } from './ranks'
import { type ResponseTable, sizeOf } from './response-table'

/** Options of {@link bestVsWorstPairs}. */
export interface BestVsWorstPairsOptions extends RankedPairsOptions {
  /**
   * How many responses of a prompt are drawn for each pair, an integer ≥ 2; all of them where a prompt has fewer.
   * Default: 4.
   */
  k?: number
  /** How many pairs of one prompt to give at most; an integer ≥ 1, or Infinity. Default: all. */
  perPrompt?: number
}

const PURPOSE = 0x62657374

/** Draws of the same pair again before what is left is listed. */
const TRIES = 32

/**
 * First and last of `k` different ones of `size` ranks, each set of them as likely as any other (Floyd's algorithm).
 */
function extremesOfDraw(size: number, k: number, generator: Generator): Places {
  const chosen = new Set<number>()
  let [best, worst] = [size, -1]
  for (let top = size - k; top < size; top++) {
    const drawn = uniformInt(generator, 0, top)
    const rank = chosen.has(drawn) ? top : drawn
    chosen.add(rank)
    best = Math.min(best, rank)
    worst = Math.max(worst, rank)
  }
  return [best, worst]
}

/**
 * In how many draws of k two ranks at each distance are the extremes, C(distance − 1, k − 2), as shares of the most.
 */
function weightsByDistance(size: number, k: number): Float64Array {
  const weights = new Float64Array(size)
  weights[size - 1] = 1
  for (let distance = size - 1; distance >= k; distance--) {
    weights[distance - 1] = (weights[distance]! * (distance - k + 1)) / (distance - 1)
  }
  return weights
}

/** One of the pairs not used yet, as likely as draws would give it. */
export function unusedPair(size: number, k: number, used: ReadonlySet<number>, generator: Generator): Places {
  const weights = weightsByDistance(size, k)
  const left: Places[] = []
  const sums = [0]
  for (let distance = size - 1; distance >= k - 1; distance--) {
    for (let best = 0; best + distance < size; best++) {
      if (used.has(best * size + best + distance)) continue
      left.push([best, best + distance])
      sums.push(sums.at(-1)! + weights[distance]!)
    }
  }
  const aim = uniformFloat64(generator) * sums.at(-1)!
  const hit = sums.findIndex((sum) => sum > aim) - 1
  return left[hit < 0 ? left.length - 1 : hit]!
}

function newPair(size: number, k: number, used: Set<number>, generator: Generator): Places {
  for (let tries = 0; tries < TRIES; tries++) {
    const [best, worst] = extremesOfDraw(size, k, generator)
    if (!used.has(best * size + worst)) return [best, worst]
  }
  return unusedPair(size, k, used, generator)
}

/**
 * Pairs of the best with the worst of k random responses to a prompt, by score, for each prompt in turn. Of n
 * responses C(n − k + 2, 2) pairs can come of it, those at least k − 1 ranks apart; the one of best rank i and worst
 * rank j is given with probability C(j − i − 1, k − 2)/C(n, k), each pair once.
 *
 * Memory grows with the table and with the pairs given.
 *
 * Source: 2401.12086, West-of-N, where k is all responses of a prompt. Proven against its equation, within sampling
 * error.
 *
 * @throws NoiseError `MISSING_CONTEXT` without scores; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 * `INVALID_OPTION`.
 */
export function bestVsWorstPairs(table: ResponseTable, options: BestVsWorstPairsOptions = {}): PairSequence {
  checkNames('bestVsWorstPairs', options, { ...rankedNames, k: true })
  const limits = checkRankedPairs(options, Number.POSITIVE_INFINITY)
  const { k = 4 } = options
  checkInteger('k', k, 2)
  const ranked = rankByScore(table, limits.seed)
  const drawn = (group: number) => Math.min(k, sizeOf(ranked, group))
  const count = (group: number) =>
    sizeOf(ranked, group) < 2 ? 0 : pairsAmong(sizeOf(ranked, group) - drawn(group) + 2)
  return rankedPairs(ranked, limits, PURPOSE, () => {
    const given = new Map<number, Set<number>>()
    const at = (group: number, round: number): Places => {
      const size = sizeOf(ranked, group)
      const used = given.get(group) ?? new Set()
      const pair = newPair(size, drawn(group), used, streamOf(PURPOSE, limits.seed, group, round))
      given.set(group, used.add(pair[0] * size + pair[1]))
      return pair
    }
    return { count, at }
  })
}
