import { longestQuery } from '../objectives/dcg'
import { type StableOrder, stableOrder } from '../objectives/stable-order'
import type { Metric } from './metric'

/** Weight of each query: the mean of its rows', in floats as LightGBM has it; all zero where there are none. */
export function queryWeights(
  boundaries: Int32Array,
  weight: Float32Array | undefined,
): Float32Array | undefined {
  if (weight === undefined) return undefined
  return Float32Array.from({ length: boundaries.length - 1 }, (_, q) => {
    const [start, end] = [boundaries[q]!, boundaries[q + 1]!]
    let sum = 0
    for (let row = start; row < end; row++) sum = Math.fround(sum + weight[row]!)
    return sum / (end - start)
  })
}

/** Rows `start` to `end`: `order` has their places in the query by falling score. */
export interface RankedQuery {
  readonly query: number
  readonly start: number
  readonly end: number
  readonly order: Int32Array
}

/**
 * A metric of queries at each of `ranks`: the sum of what `addQuery` adds, over the sum of the queries' weights. More is
 * better.
 */
export function queryMetric(
  name: string,
  ranks: readonly number[],
  boundaries: Int32Array,
  weights: Float32Array | undefined,
  addQuery: (ranked: RankedQuery, weight: number, sums: Float64Array) => void,
): Metric {
  const sorter: StableOrder = stableOrder(longestQuery(boundaries))
  const queries = boundaries.length - 1
  const total = weights === undefined ? queries : weights.reduce((sum, w) => sum + w, 0)
  return {
    names: ranks.map((rank) => `${name}@${rank}`),
    higherIsBetter: true,
    evaluate(rawScores) {
      const sums = new Float64Array(ranks.length)
      for (let query = 0; query < queries; query++) {
        const [start, end] = [boundaries[query]!, boundaries[query + 1]!]
        for (let i = start; i < end; i++) sorter.keys[i - start] = -rawScores[i]!
        const order = sorter.sort(end - start)
        addQuery({ query, start, end, order }, weights === undefined ? 1 : weights[query]!, sums)
      }
      return Array.from(sums, (sum) => sum / total)
    },
  }
}
