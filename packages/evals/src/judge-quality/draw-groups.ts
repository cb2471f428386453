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

/** The sums of each group, every different row once, and which of them a group has. */
interface Groups {
  readonly rows: readonly Float64Array[]
  readonly rowOf: Uint32Array
}

/** Most groups come to the same few sums: to count how often each is drawn is quicker than to add them up. */
function groupSums(terms: readonly Term[], width: number): Groups {
  const labels = terms.map(({ about }) => about.group ?? about.pair)
  const groups = groupBy(labels)
  const rows: Float64Array[] = []
  const rowOf = new Uint32Array(groups.size)
  const known = new Map<string, number>()
  let group = 0
  for (const at of groups.values()) {
    const sums = new Float64Array(width)
    for (const i of at) for (let k = 0; k < width; k++) sums[k]! += terms[i]!.numbers[k]!
    const key = sums.join()
    const row = known.get(key) ?? rows.push(sums) - 1
    known.set(key, row)
    rowOf[group++] = row
  }
  return { rows, rowOf }
}

/** The sums over groups, by how many there are of each row. */
function addUp(rows: readonly Float64Array[], counts: Uint32Array, width: number): number[] {
  const sums = new Array<number>(width).fill(0)
  for (const [i, row] of rows.entries()) {
    if (counts[i] === 0) continue
    for (let k = 0; k < width; k++) sums[k]! += counts[i]! * row[k]!
  }
  return sums
}

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
  const { rows, rowOf } = groupSums(terms, width)
  const counts = new Uint32Array(rows.length)
  for (const row of rowOf) counts[row]!++
  const values = ofSums(addUp(rows, counts, width))
  const clusters = rowOf.length
  const drawn = values.map((): number[] => [])
  const random = xoroshiro128plus(seed)
  for (let sample = 0; clusters >= 2 && sample < resamples; sample++) {
    counts.fill(0)
    for (let draw = 0; draw < clusters; draw++) counts[rowOf[uniformInt(random, 0, clusters - 1)]!]!++
    for (const [k, value] of ofSums(addUp(rows, counts, width)).entries())
      if (!Number.isNaN(value)) drawn[k]!.push(value)
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
