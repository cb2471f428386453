import {
  checkFinite,
  checkNotEmpty,
  checkOptions,
  checkRange,
  checkSameLength,
  formatValue,
} from '../check-input'
import { EvalsError } from '../evals-error'
import { derivatives, type LogisticProblem, logits, penalisedLoss, weightedLogLoss } from './logistic-loss'
import { cholesky, solveCholesky } from './solve-positive-definite'

/** What {@link logisticRegression} learns from; all columns have one value a row. */
export interface LogisticRegressionInput {
  /** Rows of features, all of one length; finite. */
  features: ArrayLike<ArrayLike<number>>
  /** What each row is: 0, 1, or the probability that it is 1. */
  labels: ArrayLike<number>
  /** How much each row counts, ≥ 0. Default: 1 each. */
  weights?: ArrayLike<number>
  /** A known part of each row's logit. Default: 0 each. */
  offset?: ArrayLike<number>
}

/** Options of {@link logisticRegression}. */
export interface LogisticRegressionOptions {
  /** λ ≥ 0 of ½ λ ‖β‖², which is added to the summed loss and spares the intercept. Default 0. */
  l2?: number
  /** Whether the logit has a constant of its own. Default true. */
  intercept?: boolean
}

/** What {@link logisticRegression} found; the logit of a row x is offset + intercept + x · coefficients. */
export interface LogisticRegressionFit {
  /** β, one for each feature. */
  coefficients: number[]
  /** 0 where none was asked for. */
  intercept: number
  /** Weighted mean of the log loss in nats, without the penalty. */
  logLoss: number
  /** Newton steps taken. */
  iterations: number
  /** Largest entry of the gradient of the mean penalised loss where the steps ended; it would be 0 at the optimum. */
  gradient: number
}

const MAX_ITERATIONS = 100
/** Convergence is quadratic: after a step that changes logits by so little, the next is below rounding. */
const STEP_TOLERANCE = 1e-9

const columnName = (index: number, width: number) =>
  index < width ? `features[…][${index}]` : 'the intercept'

function buildProblem(input: LogisticRegressionInput, l2: number, intercept: boolean): LogisticProblem {
  const { features, labels, weights, offset } = input
  checkNotEmpty('features', features)
  checkSameLength({ features, labels, weights, offset })
  const width = features[0]!.length
  const rows = Array.from(features, (row, i) => {
    if (row.length !== width) {
      const message = `features[${i}] has ${row.length} values and features[0] has ${width}; expected as many`
      throw new EvalsError('LENGTH_MISMATCH', `features[${i}]`, message)
    }
    checkFinite(`features[${i}]`, row)
    return Float64Array.from(intercept ? [...Array.from(row), 1] : Array.from(row))
  })
  checkRange('labels', labels, 0, 1)
  if (weights) checkRange('weights', weights, 0, Number.MAX_VALUE)
  if (offset) checkFinite('offset', offset)
  if (rows[0]!.length === 0) {
    throw new EvalsError('EMPTY', 'features', 'features[0] is empty; expected a feature, or intercept: true')
  }
  const ones = new Float64Array(rows.length).fill(1)
  return {
    rows,
    labels,
    weights: weights ?? ones,
    offset: offset ?? new Float64Array(rows.length),
    penalty: Float64Array.from(rows[0]!, (_, j) => (j < width ? l2 : 0)),
  }
}

/** ¼ XᵀWX + penalties, which no Hessian exceeds (Böhning and Lindsay 1988); its lower triangle. */
function boundingHessian({ rows, weights, penalty }: LogisticProblem): Float64Array[] {
  return Array.from(penalty, (p, j) =>
    Float64Array.from({ length: j + 1 }, (_, k) =>
      rows.reduce((sum, row, i) => sum + (weights[i]! * row[j]! * row[k]!) / 4, j === k ? p : 0),
    ),
  )
}

/** The factor of the bounding Hessian; throws `COLLINEAR` where a column follows from those before it. */
function factorBound(problem: LogisticProblem, width: number): Float64Array[] {
  const factored = cholesky(boundingHessian(problem))
  if ('factor' in factored) return factored.factor
  const column = columnName(factored.dependent, width)
  const message = `${column} is 0 or follows from the other columns; expected independent ones, or l2 above 0`
  throw new EvalsError('COLLINEAR', 'features', message)
}

/**
 * Whether moving along `direction` for ever never raises any row's loss and lowers some: then no finite coefficients
 * are best. Near the end Newton's steps on separable rows become such a direction, and on others never do.
 */
function isSeparating(problem: LogisticProblem, direction: Float64Array): boolean {
  if (direction.some((step, j) => step !== 0 && problem.penalty[j]! > 0)) return false
  const changes = changeOfLogits(problem, direction)
  const largest = largestOf(changes)
  const slack = 1e-7 * largest
  return (
    largest > 0.1 &&
    changes.every((change, i) => {
      const y = problem.labels[i]!
      if (problem.weights[i] === 0) return true
      return (y === 0 || change >= -slack) && (y === 1 || change <= slack)
    })
  )
}

const largestOf = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

const changeOfLogits = ({ rows }: LogisticProblem, step: Float64Array) =>
  Float64Array.from(rows, (row) => row.reduce((sum, x, j) => sum + x * step[j]!, 0))

/** The step, halved until it does not raise the loss; undefined where no fraction of it helps. */
function damped(problem: LogisticProblem, beta: Float64Array, step: Float64Array): Float64Array | undefined {
  const loss = penalisedLoss(problem, beta)
  // Near the minimum rounding alone moves the loss by this much.
  const slack = 1e-13 * Math.abs(loss)
  for (let fraction = 1; fraction > 1e-4; fraction /= 2) {
    const scaled = step.map((s) => fraction * s)
    if (penalisedLoss(problem, add(beta, scaled)) <= loss + slack) return scaled
  }
  return undefined
}

const add = (a: Float64Array, b: Float64Array) => a.map((value, j) => value + b[j]!)

/** −H⁻¹ gradient, damped; where the curvature is too small to be trusted, the step of the bounding Hessian. */
function nextStep(problem: LogisticProblem, beta: Float64Array, bound: Float64Array[]): Float64Array {
  const { gradient, hessian } = derivatives(problem, beta)
  const downhill = (factor: Float64Array[]) => solveCholesky(factor, gradient).map((s) => -s)
  const factored = cholesky(hessian)
  const newton = 'factor' in factored ? damped(problem, beta, downhill(factored.factor)) : undefined
  return newton ?? downhill(bound)
}

function minimise(problem: LogisticProblem, bound: Float64Array[]) {
  let beta = new Float64Array(problem.penalty.length)
  for (let iterations = 1; iterations <= MAX_ITERATIONS; iterations++) {
    const step = nextStep(problem, beta, bound)
    if (isSeparating(problem, step)) {
      const message =
        'features separate the labels, so coefficients grow without end; expected l2 above 0 for them'
      throw new EvalsError('SEPARABLE', 'features', message)
    }
    beta = add(beta, step)
    const scale = 1 + largestOf(logits(problem, beta))
    if (largestOf(changeOfLogits(problem, step)) <= STEP_TOLERANCE * scale) return { beta, iterations }
  }
  const message = `no optimum after ${MAX_ITERATIONS} steps of Newton's method; expected smaller offsets, or more l2`
  throw new EvalsError('NOT_CONVERGED', 'features', message)
}

/** Rows of one label only: no penalty holds an intercept, which none spares. */
function checkBothLabels(labels: ArrayLike<number>, weights: ArrayLike<number>): void {
  const counted = Array.from(labels).filter((_, i) => weights[i]! > 0)
  if (counted.length === 0)
    throw new EvalsError('EMPTY', 'weights', 'weights are all 0; expected one above 0')
  if (counted.some((y) => y !== counted[0] || (y > 0 && y < 1))) return
  const message = `labels are all ${counted[0]}, so the intercept grows without end; expected both, or intercept: false`
  throw new EvalsError('SEPARABLE', 'labels', message)
}

/**
 * Logistic regression: the coefficients that minimise Σ w · −log P(y) + ½ λ ‖β‖², P = σ(offset + intercept + x · β).
 *
 * Soft labels count as y of a 1 and 1 − y of a 0. Damped Newton's method (iteratively reweighted least squares) on the
 * convex loss, until a step changes logits by 1e-9 of their size; the next would be lost in rounding. `l2` = 1/C of scikit-learn.
 *
 * @returns plain JSON
 * @throws EvalsError `SEPARABLE` where no finite coefficients are best, `COLLINEAR` where many are (both are cured by
 * `l2`), `NOT_CONVERGED`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function logisticRegression(
  input: LogisticRegressionInput,
  options: LogisticRegressionOptions = {},
): LogisticRegressionFit {
  checkOptions('logisticRegression', input, { features: true, labels: true, weights: true, offset: true })
  checkOptions('logisticRegression', options, { l2: true, intercept: true })
  const { l2 = 0, intercept = true } = options
  if (!(Number.isFinite(l2) && l2 >= 0)) {
    const message = `l2 is ${formatValue(l2)}; expected a finite number of at least 0`
    throw new EvalsError('OUT_OF_RANGE', 'l2', message)
  }
  const problem = buildProblem(input, l2, intercept)
  const total = Array.from(problem.weights).reduce((sum, w) => sum + w, 0)
  if (intercept) checkBothLabels(input.labels, problem.weights)
  const width = input.features[0]!.length
  const { beta, iterations } = minimise(problem, factorBound(problem, width))
  return {
    coefficients: Array.from(beta.subarray(0, width)),
    intercept: intercept ? beta[width]! : 0,
    logLoss: weightedLogLoss(problem, logits(problem, beta)) / total,
    iterations,
    gradient: largestOf(derivatives(problem, beta).gradient) / total,
  }
}
