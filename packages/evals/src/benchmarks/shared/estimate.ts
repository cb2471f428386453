import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type BootstrapInterval, quantile } from '../../bootstrap-interval'
import { type Interval, wilsonInterval } from '../../wilson-interval'
import type { ResamplingSettings } from './options'

/** A number and how sure it is. */
export interface Statistic {
  /** Null where there was nothing to make it of. */
  readonly value: number | null
  /**
   * By bootstrap over rows, drawn within each subset, and null below two rows; of a share in one subset Wilson's.
   */
  readonly interval: BootstrapInterval | Interval | null
}

/** The numbers of one row, such as its credit. */
export type RowNumbers = readonly number[]

/** Statistics out of the mean numbers of each stratum. */
export type Combine = (means: readonly RowNumbers[]) => readonly (number | null)[]

const meanOf = (rows: readonly RowNumbers[], pick: (i: number) => RowNumbers): number[] => {
  const sums = new Array<number>(rows[0]!.length).fill(0)
  for (let i = 0; i < rows.length; i++) {
    const numbers = pick(i)
    for (let k = 0; k < sums.length; k++) sums[k]! += numbers[k]!
  }
  return sums.map((sum) => sum / rows.length)
}

/**
 * Statistics of rows in strata, with percentile bootstrap intervals: rows are drawn with replacement within their
 * stratum, since a benchmark fixes how many each subset has.
 *
 * @param strata one or more rows each, of numbers that are as many in all rows of a stratum
 */
export function estimate(
  strata: readonly (readonly RowNumbers[])[],
  combine: Combine,
  { seed, resamples, confidence }: ResamplingSettings,
): Statistic[] {
  const values = combine(strata.map((rows) => meanOf(rows, (i) => rows[i]!)))
  const clusters = strata.reduce((total, rows) => total + rows.length, 0)
  if (clusters < 2) return values.map((value) => ({ value, interval: null }))
  const random = xoroshiro128plus(seed)
  const drawn = values.map(() => new Float64Array(resamples))
  for (let sample = 0; sample < resamples; sample++) {
    const means = strata.map((rows) => meanOf(rows, () => rows[uniformInt(random, 0, rows.length - 1)]!))
    combine(means).forEach((value, k) => {
      drawn[k]![sample] = value ?? Number.NaN
    })
  }
  const tail = (1 - confidence) / 2
  return values.map((value, k) => {
    // A statistic that some resample leaves undefined has no interval.
    if (value === null || drawn[k]!.some(Number.isNaN)) return { value, interval: null }
    const sorted = drawn[k]!.sort()
    const [low, high] = [quantile(sorted, tail), quantile(sorted, 1 - tail)]
    return { value, interval: { low, high, confidence, resamples, seed, clusters } }
  })
}

/** The mean of credits from 0 to 1, with Wilson's interval. */
export function shareOf(credits: readonly number[], confidence: number): Statistic {
  if (credits.length === 0) return { value: null, interval: null }
  const sum = credits.reduce((total, credit) => total + credit, 0)
  return { value: sum / credits.length, interval: wilsonInterval(sum, credits.length, confidence) }
}
