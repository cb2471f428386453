import { factoriseBlocks, solveBlocks } from '../mathematics/cholesky'
import { diagonalOf } from '../mathematics/matrix-shape'
import { NoiseError } from '../noise-error'
import type { Counts } from './cells'
import { curvatureShape, derivativesAt, objectiveAt, type Problem, tieParameterOf } from './problem'

/** When to stop. */
export interface Effort {
  /** Largest error of a parameter that is left. */
  readonly tolerance: number
  readonly maxIterations: number
}

/** Where the maximum is, and how many steps it took. */
export interface Maximum {
  readonly parameters: Float64Array
  readonly iterations: number
}

/** Share of the curvature at the start below which a pivot is none: along that direction likelihood does not bend. */
const FLAT = 1e-12

/** Newton's error after a step is about the step's square; times this, to be sure. */
const SAFETY = 100

function refuseFlat(parameter: number): never {
  const message =
    `comparisons do not determine parameter ${parameter} (strengths, then coefficients): ` +
    'expected covariates that are not linear functions of one another or of strengths, and that do not separate ' +
    'wins from losses; leave one out, or give alpha > 0 or covariateAlpha > 0'
  throw new NoiseError('NOT_IDENTIFIED', 'comparisons', message)
}

/**
 * Adds c·11ᵀ for free strengths. Raising all of them alike changes no probability; this fixes their sum at 0 and leaves
 * all else as it is, since the gradient adds up to 0. Groups who never met have a prior, which fixes the means of all.
 */
function fixMean(problem: Problem, curvature: Float64Array): Float64Array {
  if (problem.design !== undefined || problem.shape.blocks > 1) return curvature
  const { players, size } = problem
  let trace = 0
  for (let i = 0; i < players; i++) trace += curvature[i * size + i]!
  const scale = trace / players / players
  for (let i = 0; i < players; i++) for (let j = 0; j < players; j++) curvature[i * size + j]! += scale
  return curvature
}

/** The factor of a curvature, mean fixed; throws `NOT_IDENTIFIED` where a row is flat in comparison with `scale`. */
export function factorOf(problem: Problem, curvature: Float64Array, scale: ArrayLike<number>): Float64Array {
  const matrix = fixMean(problem, curvature)
  const shape = curvatureShape(problem)
  const failed = factoriseBlocks(matrix, shape, (row) => FLAT * scale[row]!)
  if (failed >= 0) refuseFlat(shape.rowOf.indexOf(failed))
  return matrix
}

const largest = (vector: Float64Array): number => vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** parameters + share·step. */
const moved = (parameters: Float64Array, step: Float64Array, share: number): Float64Array =>
  parameters.map((value, k) => value + share * step[k]!)

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0)

/** Halves the step until the objective does not fall by more than rounding: it is concave, so that some share does. */
function backtrack(problem: Problem, from: Float64Array, step: Float64Array, counts: Counts): Float64Array {
  const { objective } = objectiveAt(problem, from, counts)
  for (let share = 1; ; share /= 2) {
    const parameters = moved(from, step, share)
    const loss = objective - objectiveAt(problem, parameters, counts).objective
    if (loss <= 1e-12 * Math.abs(objective) || share < 1e-9) return parameters
  }
}

/**
 * Newton's method with step halving. The log-likelihoods are concave, so that it comes to the maximum from anywhere; and a
 * step at whose end they still rise has raised them, which saves computing them.
 *
 * @throws NoiseError `NOT_IDENTIFIED`, `NOT_CONVERGED`.
 */
export function maximise(
  problem: Problem,
  start: Float64Array,
  { tolerance, maxIterations }: Effort,
  counts: Counts = problem.cells,
): Maximum {
  const shape = curvatureShape(problem)
  let parameters = start
  let { gradient, curvature } = derivativesAt(problem, start, { counts })
  const scale = diagonalOf(curvature!, shape)
  let size = Number.POSITIVE_INFINITY
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const step = solveBlocks(factorOf(problem, curvature!, scale), shape, gradient)
    size = largest(step)
    const full = moved(parameters, step, 1)
    // So near the maximum a full step is right, and the objective no longer tells one from another.
    if (SAFETY * size ** 2 <= tolerance) return { parameters: full, iterations }
    const atFull = derivativesAt(problem, full, { counts })
    if (tieParameterOf(problem, full) > problem.outcomes.lowestTie && dot(atFull.gradient, step) >= 0) {
      parameters = full
      gradient = atFull.gradient
      curvature = atFull.curvature
      continue
    }
    parameters = backtrack(problem, parameters, step, counts)
    const next = derivativesAt(problem, parameters, { counts })
    gradient = next.gradient
    curvature = next.curvature
  }
  const message = `maxIterations is ${maxIterations}; Newton's last step was still ${size}, above tolerance ${tolerance}`
  throw new NoiseError('NOT_CONVERGED', 'maxIterations', message)
}

/** So small a step is far below the sampling error of a resample. */
const CHORD_TOLERANCE = 1e-7
const CHORD_STEPS = 40

/**
 * The maximum for other counts near those that `factor` is from: steps with one factor for all, each of which costs
 * a pass over the cells; by {@link maximise} where these do not close in.
 */
export function maximiseNear(
  problem: Problem,
  start: Float64Array,
  factor: Float64Array,
  counts: Counts,
): Float64Array {
  const shape = curvatureShape(problem)
  let parameters = start
  let before = Number.POSITIVE_INFINITY
  for (let k = 0; k < CHORD_STEPS; k++) {
    const { gradient } = derivativesAt(problem, parameters, { counts, withCurvature: false })
    const step = solveBlocks(factor, shape, gradient)
    const size = largest(step)
    if (!(size < 0.9 * before)) break
    parameters = moved(parameters, step, 1)
    if (size <= CHORD_TOLERANCE) return parameters
    before = size
  }
  return maximise(problem, start, { tolerance: CHORD_TOLERANCE, maxIterations: 100 }, counts).parameters
}
