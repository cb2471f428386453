import { checkSigmoid, refuseParameter } from './checks'
import { largestDcg, longestQuery, type RankingData, rankingData } from './dcg'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { type SigmoidTable, sigmoidTable } from './sigmoid-table'
import { stableOrder } from './stable-order'

/** Parameters that {@link lambdarank} reads. */
export interface LambdarankParameters {
  readonly sigmoid: number
  readonly lambdarank_norm: boolean
  readonly lambdarank_truncation_level: number
  readonly label_gain: readonly number[]
}

/** 0.01 as a float. */
const SMOOTHING = Math.fround(0.01)

interface Lambdas {
  readonly parameters: LambdarankParameters
  readonly data: RankingData
  readonly table: SigmoidTable
  /** `[queries]` 1 / largest DCG, or 0. */
  readonly inverseLargest: Float64Array
}

/** The rows of one query by falling score, and where its gradients are. */
interface Query {
  readonly start: number
  readonly count: number
  readonly order: Int32Array
  readonly scores: Float64Array
  readonly gradients: Float32Array
  readonly hessians: Float32Array
}

/** Adds the lambdas of the pairs of one query; gives the sum of their sizes. */
function addPairs({ parameters, data, table }: Lambdas, query: Query, inverseLargest: number): number {
  const { sigmoid, lambdarank_norm, lambdarank_truncation_level } = parameters
  const { label, gains, discounts } = data
  const { start, count, order, scores, gradients, hessians } = query
  const top = Math.min(count - 1, lambdarank_truncation_level)
  const isScaled = lambdarank_norm && scores[start + order[0]!] !== scores[start + order[count - 1]!]
  let sum = 0
  for (let i = 0; i < top; i++) {
    for (let j = i + 1; j < count; j++) {
      const [first, second] = [start + order[i]!, start + order[j]!]
      if (label[first] === label[second]) continue
      const isFirst = label[first]! > label[second]!
      const high = isFirst ? first : second
      const low = isFirst ? second : first
      const difference = scores[high]! - scores[low]!
      const gap = gains[label[high]!]! - gains[label[low]!]!
      let delta = gap * Math.abs(discounts[i]! - discounts[j]!) * inverseLargest
      if (isScaled) delta /= SMOOTHING + Math.abs(difference)
      const p = table.at(difference)
      const lambda = p * (-sigmoid * delta)
      const hessian = Math.fround(p * (1 - p) * (sigmoid * sigmoid * delta))
      const rounded = Math.fround(lambda)
      gradients[low]! -= rounded
      hessians[low]! += hessian
      gradients[high]! += rounded
      hessians[high]! += hessian
      sum -= 2 * lambda
    }
  }
  return sum
}

function scale(values: Float32Array, start: number, end: number, factor: number): void {
  for (let row = start; row < end; row++) values[row]! *= factor
}

function lambdaGradients(lambdas: Lambdas): Objective['computeGradients'] {
  const { parameters, data, inverseLargest } = lambdas
  const { boundaries, weight } = data
  const sorter = stableOrder(longestQuery(boundaries))
  return (scores, gradients, hessians) => {
    gradients.fill(0)
    hessians.fill(0)
    for (let q = 0; q + 1 < boundaries.length; q++) {
      const [start, end] = [boundaries[q]!, boundaries[q + 1]!]
      const count = end - start
      if (count < 2) continue
      for (let i = 0; i < count; i++) sorter.keys[i] = -scores[start + i]!
      const order = sorter.sort(count)
      const query = { start, count, order, scores, gradients, hessians }
      const sum = addPairs(lambdas, query, inverseLargest[q]!)
      if (!parameters.lambdarank_norm || !(sum > 0)) continue
      const factor = Math.log2(1 + sum) / sum
      scale(gradients, start, end, factor)
      scale(hessians, start, end, factor)
    }
    if (weight === undefined) return
    for (let row = 0; row < weight.length; row++) {
      gradients[row]! *= weight[row]!
      hessians[row]! *= weight[row]!
    }
  }
}

/**
 * LambdaRank: for each two rows of a query with labels y_i > y_j, of which one is within the first
 * `lambdarank_truncation_level` by score, λ = σ·p·|ΔNDCG| is drawn from g_i and added to g_j, and
 * σ²·p·(1 − p)·|ΔNDCG| is added to both Hessians, with p = 1 / (1 + e^(σ(s_i − s_j))). With `lambdarank_norm`, |ΔNDCG| is
 * divided by 0.01 + |s_i − s_j|, and the gradients of a query by Σλ / log₂(1 + Σλ). p is read from LightGBM's table of 2²⁰
 * steps, which is off by up to 3e-5, so that trees are the same. There is no score to start from.
 *
 * Source: LightGBM, `LambdarankNDCG`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for sigmoid ≤ 0 or a truncation level below 1; `INVALID_DATA` for labels that are no
 * places of label_gain, without queries, for one of more than 10,000 rows, and for weights that are all zero.
 */
export function lambdarank(parameters: LambdarankParameters, data: ObjectiveData): Objective {
  const { sigmoid, lambdarank_truncation_level: level } = parameters
  checkSigmoid(sigmoid)
  if (!(level >= 1)) refuseParameter(`lambdarank_truncation_level is ${level}; expected at least 1`)
  const ranking = rankingData(parameters, data, 'lambdarank')
  const { boundaries } = ranking
  const largest = new Float64Array(1)
  const inverseLargest = Float64Array.from({ length: boundaries.length - 1 }, (_, q) => {
    largestDcg(ranking, boundaries[q]!, boundaries[q + 1]!, [level], largest)
    return largest[0]! > 0 ? 1 / largest[0]! : 0
  })
  const table = sigmoidTable(sigmoid)
  return oneScore('lambdarank', {
    constantHessian: false,
    computeGradients: lambdaGradients({ parameters, data: ranking, table, inverseLargest }),
    boostFromScore: () => 0,
  })
}
