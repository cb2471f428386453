import { sigmoid } from '@prefkit/expressions'
import { factorise, inverseFactored, solveFactored } from '../mathematics/cholesky'
import { softplus } from '../mathematics/softplus'

/** What is not 0 of a row of the design: places and values. */
export interface SparseRow {
  readonly places: readonly number[]
  readonly values: readonly number[]
}

/** Comparisons with the share of answers for the first response that each is expected to get. */
export interface ExpectedLabels {
  readonly rows: readonly SparseRow[]
  readonly shares: Float64Array
  /** What each comparison counts. */
  readonly weight: number
  /** Precision of the Gaussian prior of each parameter. */
  readonly precision: number
  /** Number of parameters. */
  readonly size: number
}

/** xᵀθ. */
export function project({ places, values }: SparseRow, vector: Float64Array): number {
  let sum = 0
  for (let k = 0; k < places.length; k++) sum += values[k]! * vector[places[k]!]!
  return sum
}

/** Σ wᵢ xᵢxᵢᵀ + diagonal·I. */
export function weightedGram(
  rows: readonly SparseRow[],
  weights: Float64Array,
  size: number,
  diagonal = 0,
): Float64Array {
  const gram = new Float64Array(size * size)
  for (let k = 0; k < size; k++) gram[k * size + k] = diagonal
  rows.forEach(({ places, values }, i) => {
    for (let j = 0; j < places.length; j++) {
      const scaled = weights[i]! * values[j]!
      const row = places[j]! * size
      for (let k = 0; k < places.length; k++) gram[row + places[k]!]! += scaled * values[k]!
    }
  })
  return gram
}

/** Σ σ′(xᵢᵀθ) xᵢxᵢᵀ + precision·I, with its weight: the curvature of the penalised loss. */
export function curvatureAt({ rows, weight, precision, size }: ExpectedLabels, theta: Float64Array) {
  const slopes = Float64Array.from(rows, (row) => {
    const p = sigmoid(project(row, theta))
    return weight * p * (1 - p)
  })
  return weightedGram(rows, slopes, size, precision)
}

function lossAt({ rows, shares, weight, precision }: ExpectedLabels, theta: Float64Array): number {
  let loss = 0
  rows.forEach((row, i) => {
    const logit = project(row, theta)
    loss += weight * (softplus(logit) - shares[i]! * logit)
  })
  return loss + (precision / 2) * theta.reduce((sum, value) => sum + value * value, 0)
}

function gradientAt({ rows, shares, weight, precision }: ExpectedLabels, theta: Float64Array): Float64Array {
  const gradient = theta.map((value) => precision * value)
  rows.forEach((row, i) => {
    const residual = weight * (sigmoid(project(row, theta)) - shares[i]!)
    for (let k = 0; k < row.places.length; k++) gradient[row.places[k]!]! += residual * row.values[k]!
  })
  return gradient
}

const mostSteps = 100

/** Far below what the standard error of an estimate can be. */
const smallDecrement = 1e-16

/**
 * The parameters that labels of these expectations lead to: the minimum of Σ w(log(1 + e^xᵀθ) − s·xᵀθ) + ½·precision·‖θ‖², by
 * Newton's method with steps halved until the loss falls. It is strictly convex.
 */
export function fitExpected(labels: ExpectedLabels): Float64Array {
  const { size } = labels
  let theta: Float64Array = new Float64Array(size)
  let loss = lossAt(labels, theta)
  for (let step = 0; step < mostSteps; step++) {
    const gradient = gradientAt(labels, theta)
    const factor = curvatureAt(labels, theta)
    factorise(factor, size, () => 0)
    const direction = solveFactored(factor, size, gradient.slice())
    const decrement = direction.reduce((sum, value, k) => sum + value * gradient[k]!, 0)
    if (!(decrement > smallDecrement)) return theta
    let share = 1
    let next = theta.map((value, k) => value - direction[k]!)
    let nextLoss = lossAt(labels, next)
    while (nextLoss > loss && share > 1e-6) {
      share /= 2
      next = theta.map((value, k) => value - share * direction[k]!)
      nextLoss = lossAt(labels, next)
    }
    // Nothing is gained any more but rounding.
    if (nextLoss >= loss) return theta
    theta = next
    loss = nextLoss
  }
  return theta
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const value = a[i * size + k]!
      if (value === 0) continue
      for (let j = 0; j < size; j++) result[i * size + j]! += value * b[k * size + j]!
    }
  }
  return result
}

/** A⁻¹ M A⁻¹ for a positive definite A, which is overwritten, and a symmetric M. */
export function sandwich(bread: Float64Array, filling: Float64Array, size: number): Float64Array {
  factorise(bread, size, () => 0)
  const inverse = inverseFactored(bread, size)
  return product(product(inverse, filling, size), inverse, size)
}

/** xᵀMx. */
export function quadratic({ places, values }: SparseRow, matrix: Float64Array, size: number): number {
  let sum = 0
  for (let j = 0; j < places.length; j++) {
    let inner = 0
    for (let k = 0; k < places.length; k++) inner += values[k]! * matrix[places[j]! * size + places[k]!]!
    sum += values[j]! * inner
  }
  return sum
}
