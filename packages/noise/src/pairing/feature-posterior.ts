import { sigmoid } from '@prefkit/expressions'
import { factorise, inverseFactored, solveFactored } from '../mathematics/cholesky'
import { softplus } from '../mathematics/softplus'
import { NoiseError } from '../noise-error'
import { drawFrom } from '../random/gaussian-draws'
import type { Answered, Learned, RewardPosterior } from './reward-posterior'

/** A row of features each, one after the other. */
export interface FeatureMatrix {
  readonly values: Float64Array
  readonly width: number
}

const ITERATIONS = 100
const TOLERANCE = 1e-10

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

/** φ(a) − φ(b). */
function difference({ values, width }: FeatureMatrix, a: number, b: number): Float64Array {
  const result = new Float64Array(width)
  for (let k = 0; k < width; k++) result[k] = values[a * width + k]! - values[b * width + k]!
  return result
}

/** Adds weight·δδᵀ. */
function addOuter(matrix: Float64Array, delta: Float64Array, weight: number): void {
  const { length } = delta
  for (let i = 0; i < length; i++) {
    const scaled = weight * delta[i]!
    if (scaled === 0) continue
    for (let j = 0; j < length; j++) matrix[i * length + j]! += scaled * delta[j]!
  }
}

const norm = (vector: Float64Array): number => vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

function refuseFeatures(): never {
  const message =
    'features are so large, or columns so alike, that rounding leaves nothing of the prior; ' +
    'expected columns of about unit size, or a smaller priorVariance'
  throw new NoiseError('NOT_IDENTIFIED', 'features', message)
}

/**
 * The most likely weights under a Gaussian prior, by Newton's method with step halving, and the Cholesky factor
 * there.
 */
function fitWeights(
  deltas: readonly Float64Array[],
  outcomes: readonly number[],
  width: number,
  variance: number,
) {
  const loss = (weights: Float64Array): number =>
    deltas.reduce(
      (sum, delta, i) => {
        const logit = dot(delta, weights)
        return sum + softplus(logit) - outcomes[i]! * logit
      },
      dot(weights, weights) / (2 * variance),
    )
  let weights = new Float64Array(width)
  for (let iteration = 0; ; iteration++) {
    const gradient = weights.map((weight) => -weight / variance)
    const precision = new Float64Array(width * width)
    for (let k = 0; k < width; k++) precision[k * width + k] = 1 / variance
    deltas.forEach((delta, i) => {
      const p = sigmoid(dot(delta, weights))
      for (let k = 0; k < width; k++) gradient[k]! += (outcomes[i]! - p) * delta[k]!
      addOuter(precision, delta, p * (1 - p))
    })
    if (factorise(precision, width, () => 0) >= 0) refuseFeatures()
    const step = solveFactored(precision, width, gradient)
    const size = norm(step)
    if (size <= TOLERANCE * (1 + norm(weights)) || iteration === ITERATIONS)
      return { weights, factor: precision }
    const before = loss(weights)
    let share = 1
    const moved = () => weights.map((weight, k) => weight + share * step[k]!)
    while (share > 1e-9 && loss(moved()) > before + 1e-12 * Math.abs(before)) share /= 2
    weights = moved()
  }
}

/** Σδ. */
function timesDelta(covariance: Float64Array, delta: Float64Array): Float64Array {
  const { length } = delta
  return Float64Array.from({ length }, (_, i) =>
    dot(covariance.subarray(i * length, (i + 1) * length), delta),
  )
}

/** Rewards φᵀw with w ~ N(0, variance·I) before the comparisons. */
export function featurePosterior(
  matrix: FeatureMatrix,
  { first, second, outcomes }: Answered,
  variance: number,
): RewardPosterior {
  const { values, width } = matrix
  const deltas = first.map((a, i) => difference(matrix, a, second[i]!))
  const { weights, factor } = fitWeights(deltas, outcomes, width, variance)
  const rewardUnder = (w: Float64Array) => (row: number) =>
    dot(values.subarray(row * width, (row + 1) * width), w)
  return {
    mean: rewardUnder(weights),
    draw: (generator) => rewardUnder(drawFrom(weights, factor, generator)),
    information: (pastAware) => {
      const prior = new Float64Array(width * width)
      for (let k = 0; k < width; k++) prior[k * width + k] = variance
      const covariance = pastAware ? inverseFactored(factor, width) : prior
      return {
        variance: (a, b) => {
          const delta = difference(matrix, a, b)
          return dot(delta, timesDelta(covariance, delta))
        },
        learn: (a, b, weight): Learned => {
          const delta = difference(matrix, a, b)
          const along = timesDelta(covariance, delta)
          const scale = weight / (1 + weight * dot(delta, along))
          addOuter(covariance, along, -scale)
          return { scale, covarianceWith: rewardUnder(along) }
        },
      }
    },
  }
}
