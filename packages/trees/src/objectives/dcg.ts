import type { Labelled } from './checks'
import { labelledWith, queriesOf, refuseData } from './checks'
import type { ObjectiveData } from './objective'

/** Rows that a query may have at most. */
const LONGEST = 10_000

/** What ndcg and lambdarank know of documents: gains of labels, discounts of ranks. */
export interface DcgTables {
  /** Gain of each label. */
  readonly gains: Float64Array
  /** 1 / log₂(2 + r) for each rank r from 0. */
  readonly discounts: Float64Array
}

/** Rows in queries, and {@link DcgTables} for them. */
export interface RankingData extends Labelled, DcgTables {
  /** `[queries + 1]` row at which each query begins. */
  readonly boundaries: Int32Array
}

/** Rows of the longest query. */
export function longestQuery(boundaries: Int32Array): number {
  let most = 0
  for (let q = 1; q < boundaries.length; q++) most = Math.max(most, boundaries[q]! - boundaries[q - 1]!)
  return most
}

/**
 * The queries of a data set with graded labels.
 *
 * @throws TreesError `INVALID_DATA` for a label that is no place of `label_gain`, no queries, or one of more than 10,000
 * rows.
 */
export function rankingData(
  { label_gain }: { readonly label_gain: readonly number[] },
  data: ObjectiveData,
  user: string,
): RankingData {
  const count = label_gain.length
  const checked = labelledWith(
    data,
    user,
    (label) => Number.isInteger(label) && label >= 0 && label < count,
    `a whole number from 0 to ${count - 1}, as label_gain has ${count} gains`,
  )
  const boundaries = queriesOf(data, user)
  const longest = longestQuery(boundaries)
  if (longest > LONGEST) {
    refuseData(`group has a query of ${longest} rows; ${user} expects at most ${LONGEST}`)
  }
  return {
    ...checked,
    boundaries,
    gains: Float64Array.from(label_gain),
    discounts: Float64Array.from({ length: longest }, (_, rank) => 1 / Math.log2(2 + rank)),
  }
}

/** Fills `out` with the largest DCG at each of `ranks` (ascending) that rows `start` to `end` can have. */
export function largestDcg(
  { label, gains, discounts }: RankingData,
  start: number,
  end: number,
  ranks: ArrayLike<number>,
  out: Float64Array,
): void {
  const counts = new Int32Array(gains.length)
  for (let row = start; row < end; row++) counts[label[row]!]!++
  let top = gains.length - 1
  let sum = 0
  let rank = 0
  for (let i = 0; i < ranks.length; i++) {
    const last = Math.min(ranks[i]!, end - start)
    for (; rank < last; rank++) {
      while (top > 0 && counts[top]! <= 0) top--
      sum += discounts[rank]! * gains[top]!
      counts[top]!--
    }
    out[i] = sum
  }
}
