import { refuseParameter } from './checks'
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

/** The rows of one query by falling score, side by side. */
interface Ranks {
  readonly label: Float32Array
  readonly scores: Float64Array
  readonly gain: Float64Array
  readonly gradients: Float32Array
  readonly hessians: Float32Array
}

function ranksFor(most: number): Ranks {
  return {
    label: new Float32Array(most),
    scores: new Float64Array(most),
    gain: new Float64Array(most),
    gradients: new Float32Array(most),
    hessians: new Float32Array(most),
  }
}

/** Adds the lambdas of rank i and each below it; gives the sum of their sizes. Sums are floats, as LightGBM's are. */
function addPairsOf(
  i: number,
  count: number,
  ranks: Ranks,
  discounts: Float64Array,
  { at }: SigmoidTable,
  { sigmoid, inverseLargest, isScaled }: { sigmoid: number; inverseLargest: number; isScaled: boolean },
): number {
  const { label, scores, gain, gradients, hessians } = ranks
  const own = label[i]!
  let gradient = gradients[i]!
  let hessian = hessians[i]!
  let sum = 0
  for (let j = i + 1; j < count; j++) {
    if (label[j] === own) continue
    const sign = own > label[j]! ? 1 : -1
    const difference = (scores[i]! - scores[j]!) * sign
    const gap = (gain[i]! - gain[j]!) * sign
    let delta = gap * Math.abs(discounts[i]! - discounts[j]!) * inverseLargest
    if (isScaled) delta /= SMOOTHING + Math.abs(difference)
    const p = at(difference)
    const lambda = p * (-sigmoid * delta)
    const rounded = Math.fround(lambda) * sign
    const curvature = Math.fround(p * (1 - p) * (sigmoid * sigmoid * delta))
    gradient = Math.fround(gradient + rounded)
    hessian = Math.fround(hessian + curvature)
    gradients[j]! -= rounded
    hessians[j]! += curvature
    sum -= 2 * lambda
  }
  gradients[i] = gradient
  hessians[i] = hessian
  return sum
}

/** Fills the gradients of one query; gives the sum of the sizes of its lambdas. */
function addPairs(
  { parameters, data, table }: Lambdas,
  count: number,
  ranks: Ranks,
  inverseLargest: number,
): number {
  const { sigmoid, lambdarank_norm, lambdarank_truncation_level } = parameters
  const { scores, gradients, hessians } = ranks
  gradients.fill(0, 0, count)
  hessians.fill(0, 0, count)
  const isScaled = lambdarank_norm && scores[0] !== scores[count - 1]
  const scaling = { sigmoid, inverseLargest, isScaled }
  const top = Math.min(count - 1, lambdarank_truncation_level)
  let sum = 0
  for (let i = 0; i < top; i++) sum += addPairsOf(i, count, ranks, data.discounts, table, scaling)
  return sum
}

function lambdaGradients(lambdas: Lambdas): Objective['computeGradients'] {
  const { parameters, data, inverseLargest } = lambdas
  const { boundaries, label, gains, weight } = data
  const longest = longestQuery(boundaries)
  const sorter = stableOrder(longest)
  const ranks = ranksFor(longest)
  return (scores, gradients, hessians) => {
    for (let q = 0; q + 1 < boundaries.length; q++) {
      const start = boundaries[q]!
      const count = boundaries[q + 1]! - start
      for (let i = 0; i < count; i++) sorter.keys[i] = -scores[start + i]!
      const order = sorter.sort(count)
      for (let i = 0; i < count; i++) {
        const row = start + order[i]!
        ranks.label[i] = label[row]!
        ranks.scores[i] = scores[row]!
        ranks.gain[i] = gains[label[row]!]!
      }
      const sum = addPairs(lambdas, count, ranks, inverseLargest[q]!)
      const factor = parameters.lambdarank_norm && sum > 0 ? Math.log2(1 + sum) / sum : 1
      for (let i = 0; i < count; i++) {
        const row = start + order[i]!
        const w = weight === undefined ? 1 : weight[row]!
        gradients[row] = Math.fround(ranks.gradients[i]! * factor) * w
        hessians[row] = Math.fround(ranks.hessians[i]! * factor) * w
      }
    }
  }
}

/**
 * LambdaRank: for each two rows of a query with labels y_i > y_j, of which one is within the first
 * `lambdarank_truncation_level` by score, λ = σ·p·|ΔNDCG| is drawn from g_i and added to g_j, and
 * σ²·p·(1 − p)·|ΔNDCG| is added to both Hessians, with p = 1 / (1 + e^(σ(s_i − s_j))). With `lambdarank_norm`, |ΔNDCG| is
 * divided by 0.01 + |s_i − s_j|, and the gradients of a query by Σλ / log₂(1 + Σλ). p is read from LightGBM's table of 2²⁰
 * steps, which is off by up to 1.2e-5, so that trees are the same. There is no score to start from.
 *
 * Source: LightGBM, `LambdarankNDCG`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for a truncation level below 1; `INVALID_DATA` for labels that are no
 * places of label_gain, without queries, for one of more than 10,000 rows, and for weights that are all zero.
 */
export function lambdarank(parameters: LambdarankParameters, data: ObjectiveData): Objective {
  const { sigmoid, lambdarank_truncation_level: level } = parameters
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
    computeGradients: lambdaGradients({ parameters, data: ranking, table, inverseLargest }),
    boostFromScore: () => 0,
  })
}
