import { type MatrixShape, squareShape } from '../mathematics/matrix-shape'
import type { Cells, Counts } from './cells'
import {
  CROSS_CURVATURE,
  CURVATURE,
  type OutcomeModel,
  SCORE,
  TIE_CURVATURE,
  TIE_SCORE,
} from './outcome-models'

/**
 * What is maximised. Parameters are one vector: strengths (or the coefficients they are made of), then a coefficient for
 * each extra column of the cells, then the tie parameter where the model has one.
 */
export interface Problem {
  readonly players: number
  readonly cells: Cells
  readonly outcomes: OutcomeModel
  /** Covariates of players `[players, leading]`, of which strengths are a linear function; or else strengths are free. */
  readonly design: Float64Array | undefined
  /** How many parameters make the strengths: `players`, or the columns of the design. */
  readonly leading: number
  /** Length of the vector of parameters. */
  readonly size: number
  /** Where the curvature by players, extras and tie parameter is kept: groups of players apart who never met. */
  readonly shape: MatrixShape
  /** α of each parameter: α·parameter² is taken off the log-likelihood. */
  readonly penalties: Float64Array
}

/** θ of each player: the leading parameters themselves, or Xβ. */
export function strengthsOf({ players, design, leading }: Problem, parameters: Float64Array): Float64Array {
  if (design === undefined) return parameters.subarray(0, players)
  const strengths = new Float64Array(players)
  for (let i = 0; i < players; i++) {
    for (let k = 0; k < leading; k++) strengths[i]! += design[i * leading + k]! * parameters[k]!
  }
  return strengths
}

/** τ, or 0 in models without. */
export const tieParameterOf = ({ outcomes, size }: Problem, parameters: Float64Array): number =>
  outcomes.estimatesTies ? parameters[size - 1]! : 0

/** The linear predictor d of each cell: difference of strengths, plus what the extra columns add. */
function predictors(problem: Problem, parameters: Float64Array): Float64Array {
  const { first, second, extras, width } = problem.cells
  const strengths = strengthsOf(problem, parameters)
  const d = new Float64Array(first.length)
  for (let cell = 0; cell < d.length; cell++) {
    let sum = strengths[first[cell]!]! - strengths[second[cell]!]!
    for (let k = 0; k < width; k++) sum += extras[cell * width + k]! * parameters[problem.leading + k]!
    d[cell] = sum
  }
  return d
}

/** The log-likelihood, and what the prior takes off it. */
export function objectiveAt(problem: Problem, parameters: Float64Array, counts: Counts = problem.cells) {
  const d = predictors(problem, parameters)
  const tau = tieParameterOf(problem, parameters)
  const { wins, losses, ties } = counts
  let logLikelihood = 0
  for (let cell = 0; cell < d.length; cell++) {
    logLikelihood += problem.outcomes.logLikelihood(d[cell]!, tau, wins[cell]!, losses[cell]!, ties[cell]!)
  }
  const penalty = parameters.reduce((sum, value, k) => sum + problem.penalties[k]! * value * value, 0)
  return { logLikelihood, objective: logLikelihood - penalty }
}

/** Where the curvature by the parameters is kept. */
export const curvatureShape = ({ design, shape, size }: Problem): MatrixShape =>
  design === undefined ? shape : squareShape(size)

/** Adds a cell's derivatives by the strengths of its players to gradient and curvature (lower triangle). */
function scatterStrengths(
  i: number,
  j: number,
  terms: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array | undefined,
  { rowOf, bases }: MatrixShape,
): void {
  const score = terms[SCORE]!
  gradient[i]! += score
  gradient[j]! -= score
  if (curvature === undefined) return
  const bend = terms[CURVATURE]!
  const a = rowOf[i]!
  const b = rowOf[j]!
  curvature[bases[a]! + a]! += bend
  curvature[bases[b]! + b]! += bend
  curvature[bases[a > b ? a : b]! + (a > b ? b : a)]! -= bend
}

/** The same for what stands behind strengths: coefficients of the extra columns and the tie parameter. */
function scatterOthers(
  { players, cells, outcomes, shape }: Problem,
  cell: number,
  terms: Float64Array,
  gradient: Float64Array,
  curvature: Float64Array | undefined,
): void {
  const size = gradient.length
  const { width, extras } = cells
  const score = terms[SCORE]!
  for (let k = 0; k < width; k++) gradient[players + k]! += extras[cell * width + k]! * score
  if (outcomes.estimatesTies) gradient[size - 1]! += terms[TIE_SCORE]!
  if (curvature === undefined) return
  const { rowOf, bases } = shape
  const i = rowOf[cells.first[cell]!]!
  const j = rowOf[cells.second[cell]!]!
  for (let k = 0; k < width; k++) {
    const row = bases[players + k]!
    const value = terms[CURVATURE]! * extras[cell * width + k]!
    curvature[row + i]! += value
    curvature[row + j]! -= value
    for (let l = 0; l <= k; l++) curvature[row + players + l]! += value * extras[cell * width + l]!
  }
  if (!outcomes.estimatesTies) return
  const row = bases[size - 1]!
  const cross = terms[CROSS_CURVATURE]!
  curvature[row + i]! += cross
  curvature[row + j]! -= cross
  for (let k = 0; k < width; k++) curvature[row + players + k]! += cross * extras[cell * width + k]!
  curvature[row + size - 1]! += terms[TIE_CURVATURE]!
}

/** Whether there is anything behind the strengths. */
const hasOthers = ({ leading, size }: Problem): boolean => size > leading

/** Copies the lower triangle to the upper. */
function mirror(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!
  return matrix
}

/** The matrix M that takes parameters to strengths, extras and tie parameter: the design, and ones elsewhere. */
function lift(problem: Problem): Float64Array {
  const { players, leading, size, design } = problem
  const matrix = new Float64Array(problem.shape.size * size)
  for (let i = 0; i < players; i++) {
    for (let k = 0; k < leading; k++) matrix[i * size + k] = design![i * leading + k]!
  }
  for (let k = leading; k < size; k++) matrix[(players + k - leading) * size + k] = 1
  return matrix
}

/** Mᵀ x. */
function pull(matrix: Float64Array, rows: number, columns: number, vector: Float64Array): Float64Array {
  const result = new Float64Array(columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) result[k]! += matrix[i * columns + k]! * vector[i]!
  }
  return result
}

/** A S Aᵀ of a symmetric S `[inner, inner]`, A being `[outer, inner]`, or its transpose with `transposed`. */
export function sandwich(
  a: Float64Array,
  middle: Float64Array,
  { outer, inner, transposed = false }: { outer: number; inner: number; transposed?: boolean },
): Float64Array {
  const at = (i: number, k: number) => (transposed ? a[k * outer + i]! : a[i * inner + k]!)
  const product = new Float64Array(outer * inner)
  for (let i = 0; i < outer; i++) {
    for (let k = 0; k < inner; k++) {
      const value = at(i, k)
      if (value === 0) continue
      for (let l = 0; l < inner; l++) product[i * inner + l]! += value * middle[k * inner + l]!
    }
  }
  const result = new Float64Array(outer * outer)
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < outer; j++) {
      let sum = 0
      for (let k = 0; k < inner; k++) sum += product[i * inner + k]! * at(j, k)
      result[i * outer + j] = sum
    }
  }
  return result
}

/** Gradient of the objective and, where asked for, minus its matrix of second derivatives, as {@link curvatureShape} has it. */
export function derivativesAt(
  problem: Problem,
  parameters: Float64Array,
  { counts = problem.cells, withCurvature = true }: { counts?: Counts; withCurvature?: boolean } = {},
): { gradient: Float64Array; curvature: Float64Array | undefined } {
  const { size } = problem.shape
  const natural = new Float64Array(size)
  const bends = withCurvature ? new Float64Array(problem.shape.length) : undefined
  const terms = new Float64Array(5)
  const d = predictors(problem, parameters)
  const tau = tieParameterOf(problem, parameters)
  const { wins, losses, ties } = counts
  const { first, second } = problem.cells
  const others = hasOthers(problem)
  for (let cell = 0; cell < d.length; cell++) {
    problem.outcomes.derivatives(d[cell]!, tau, wins[cell]!, losses[cell]!, ties[cell]!, terms)
    scatterStrengths(first[cell]!, second[cell]!, terms, natural, bends, problem.shape)
    if (others) scatterOthers(problem, cell, terms, natural, bends)
  }
  if (bends !== undefined && problem.design !== undefined) mirror(bends, size)
  const reduced = problem.design === undefined ? undefined : lift(problem)
  const gradient = reduced === undefined ? natural : pull(reduced, size, problem.size, natural)
  const shape = { outer: problem.size, inner: size, transposed: true }
  const curvature = reduced === undefined || bends === undefined ? bends : sandwich(reduced, bends, shape)
  const { rowOf, bases } = curvatureShape(problem)
  for (let k = 0; k < problem.size; k++) {
    gradient[k]! -= 2 * problem.penalties[k]! * parameters[k]!
    const row = rowOf[k]!
    if (curvature !== undefined) curvature[bases[row]! + row]! += 2 * problem.penalties[k]!
  }
  return { gradient, curvature }
}

/** The gradient of the log-likelihood of each cell, given to `visit` one after another in the same array; no prior. */
export function forEachScore(
  problem: Problem,
  parameters: Float64Array,
  visit: (cell: number, score: Float64Array) => void,
): void {
  const { size } = problem.shape
  const terms = new Float64Array(5)
  const d = predictors(problem, parameters)
  const tau = tieParameterOf(problem, parameters)
  const { first, second, wins, losses, ties } = problem.cells
  const reduced = problem.design === undefined ? undefined : lift(problem)
  const natural = new Float64Array(size)
  const others = hasOthers(problem)
  for (let cell = 0; cell < d.length; cell++) {
    problem.outcomes.derivatives(d[cell]!, tau, wins[cell]!, losses[cell]!, ties[cell]!, terms)
    natural.fill(0)
    scatterStrengths(first[cell]!, second[cell]!, terms, natural, undefined, problem.shape)
    if (others) scatterOthers(problem, cell, terms, natural, undefined)
    visit(cell, reduced === undefined ? natural : pull(reduced, size, problem.size, natural))
  }
}

/** The covariance of strengths, given that of parameters: itself, or X C Xᵀ; `[players, players]`. */
export function strengthCovariance(problem: Problem, covariance: Float64Array): Float64Array {
  const { players, leading, size, design } = problem
  const block = new Float64Array(leading * leading)
  for (let i = 0; i < leading; i++) block.set(covariance.subarray(i * size, i * size + leading), i * leading)
  return design === undefined ? block : sandwich(design, block, { outer: players, inner: leading })
}
