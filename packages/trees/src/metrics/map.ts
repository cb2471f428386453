import { labelled, queriesOf } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { queryMetric, queryWeights } from './query-metric'

/** Parameters that {@link map} reads. */
export interface MapParameters {
  readonly eval_at: readonly number[]
}

/** Labels above it are relevant. */
const RELEVANT = 0.5

function relevantRows(label: Float32Array, boundaries: Int32Array): Int32Array {
  return Int32Array.from({ length: boundaries.length - 1 }, (_, q) => {
    const own = label.subarray(boundaries[q]!, boundaries[q + 1]!)
    return own.filter((y) => y > RELEVANT).length
  })
}

/**
 * Mean average precision within the first k rows of each query by score, for each k of `eval_at`; labels above ½ are
 * relevant, and a query without relevant rows counts 1. The mean over queries, weighted.
 *
 * Source: LightGBM, `MapMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels or queries, and for weights that are all zero.
 */
export function map({ eval_at }: MapParameters, data: ObjectiveData): Metric {
  const ranks = [...eval_at].sort((a, b) => a - b)
  const { label, weight } = labelled(data, 'map')
  const boundaries = queriesOf(data, 'map')
  const relevant = relevantRows(label, boundaries)
  const weights = queryWeights(boundaries, weight)
  return queryMetric('map', ranks, boundaries, weights, ({ query, start, end, order }, w, sums) => {
    let hits = 0
    let precisions = 0
    let rank = 0
    for (let i = 0; i < ranks.length; i++) {
      const last = Math.min(ranks[i]!, end - start)
      for (; rank < last; rank++) {
        if (label[start + order[rank]!]! <= RELEVANT) continue
        hits++
        precisions += hits / (rank + 1)
      }
      const most = relevant[query]!
      sums[i]! += (most > 0 ? precisions / Math.min(most, last) : 1) * w
    }
  })
}
