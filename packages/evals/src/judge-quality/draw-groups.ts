import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Statistic } from '../benchmarks/shared/estimate'
import type { ResamplingSettings } from '../benchmarks/shared/options'
import { quantile } from '../bootstrap-interval'
import { groupBy } from '../group-by'
import type { JudgeRecord } from './judge-record'

/** What something adds to sums, and the record that says which group it is of. */
export interface Term {
  readonly about: JudgeRecord
  readonly numbers: readonly number[]
}

/** Statistics of sums; NaN where there is none. */
export type OfSums = (sums: readonly number[]) => readonly number[]

const addUp = (rows: readonly (readonly number[])[], width: number): number[] =>
  rows.reduce<number[]>((sums, row) => sums.map((sum, k) => sum + row[k]!), new Array<number>(width).fill(0))

/**
 * Statistics of the sums of all terms, with percentile bootstrap intervals over groups. Resamples in which a
 * statistic has no value are left out of its interval; there is none below two groups.
 *
 * @param width how many numbers each term has
 */
export function drawGroups(
  terms: readonly Term[],
  width: number,
  ofSums: OfSums,
  { seed, resamples, confidence }: ResamplingSettings,
): Statistic[] {
  const labels = terms.map(({ about }) => about.group ?? about.pair)
  const rows = Array.from(groupBy(labels).values(), (at) =>
    addUp(
      at.map((i) => terms[i]!.numbers),
      width,
    ),
  )
  const values = ofSums(addUp(rows, width))
  const clusters = rows.length
  const drawn = values.map((): number[] => [])
  const random = xoroshiro128plus(seed)
  const sums = new Array<number>(width)
  for (let sample = 0; clusters >= 2 && sample < resamples; sample++) {
    sums.fill(0)
    for (let draw = 0; draw < clusters; draw++) {
      const row = rows[uniformInt(random, 0, clusters - 1)]!
      for (let k = 0; k < width; k++) sums[k]! += row[k]!
    }
    for (const [k, value] of ofSums(sums).entries()) if (!Number.isNaN(value)) drawn[k]!.push(value)
  }
  const tail = (1 - confidence) / 2
  return values.map((value, k) => {
    if (Number.isNaN(value)) return { value: null, interval: null }
    if (drawn[k]!.length === 0) return { value, interval: null }
    const sorted = Float64Array.from(drawn[k]!).sort()
    const [low, high] = [quantile(sorted, tail), quantile(sorted, 1 - tail)]
    return { value, interval: { low, high, confidence, resamples: sorted.length, seed, clusters } }
  })
}
