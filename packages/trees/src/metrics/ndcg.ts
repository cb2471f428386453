import { largestDcg, rankingData } from '../objectives/dcg'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { queryMetric, queryWeights } from './query-metric'

/** Parameters that {@link ndcg} reads. */
export interface NdcgParameters {
  readonly eval_at: readonly number[]
  readonly label_gain: readonly number[]
}

/**
 * Normalised discounted cumulative gain within the first k rows of each query by score, for each k of `eval_at`: their
 * Σ gain(y)/log₂(1 + rank) over the largest there can be; the mean over queries, weighted. A query whose gains are all 0
 * adds 1, whatever its weight.
 *
 * Source: LightGBM, `NDCGMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without queries, for labels that are no places of label_gain, and for weights that are all
 * zero.
 */
export function ndcg(parameters: NdcgParameters, data: ObjectiveData): Metric {
  const ranks = [...parameters.eval_at].sort((a, b) => a - b)
  const ranking = rankingData(parameters, data, 'ndcg')
  const { boundaries, label, gains, discounts } = ranking
  const largest = Array.from({ length: boundaries.length - 1 }, (_, q) => {
    const out = new Float64Array(ranks.length)
    largestDcg(ranking, boundaries[q]!, boundaries[q + 1]!, ranks, out)
    return out
  })
  const weights = queryWeights(boundaries, ranking.weight)
  return queryMetric('ndcg', ranks, boundaries, weights, ({ query, start, end, order }, w, sums) => {
    const best = largest[query]!
    let dcg = 0
    let rank = 0
    for (let i = 0; i < ranks.length; i++) {
      const last = Math.min(ranks[i]!, end - start)
      for (; rank < last; rank++) dcg += gains[label[start + order[rank]!]!]! * discounts[rank]!
      sums[i]! += best[0]! > 0 ? dcg * (1 / best[i]!) * w : 1
    }
  })
}
