import { factorise, inverseFactored, solveFactored } from '../mathematics/cholesky'
import { NoiseError } from '../noise-error'
import type { CrowdModel } from './crowd-models'

/** Choices of annotators between players. */
export interface CrowdRows {
  readonly players: number
  readonly annotators: number
  /** Who was chosen, and who was not. */
  readonly chosen: Int32Array
  readonly other: Int32Array
  readonly annotator: Int32Array
  readonly weight: Float64Array
  /** Rows of each annotator: `order[start[a]]` to `order[start[a + 1] − 1]`. */
  readonly start: Int32Array
  readonly order: Int32Array
}

/** Strengths of players, and θ of annotators. */
export interface CrowdParameters {
  readonly strengths: Float64Array
  readonly thetas: Float64Array
}

/** Derivatives of the objective; minus second derivatives. */
interface Bends {
  readonly objective: number
  readonly byStrength: Float64Array
  readonly byTheta: Float64Array
  /** `[players, players]` */
  readonly curvature: Float64Array
  /** `[rows]` What a row adds to the curvature by strength and θ; plus for the chosen, minus for the other. */
  readonly crosses: Float64Array
  readonly thetaCurvature: Float64Array
}

function objectiveAt(
  rows: CrowdRows,
  model: CrowdModel,
  alpha: number,
  { strengths, thetas }: CrowdParameters,
): number {
  const into = new Float64Array(5)
  let objective = 0
  for (let row = 0; row < rows.weight.length; row++) {
    const d = strengths[rows.chosen[row]!]! - strengths[rows.other[row]!]!
    objective += rows.weight[row]! * model.choice(d, thetas[rows.annotator[row]!]!, into)
  }
  for (const strength of strengths) objective -= alpha * strength * strength
  for (const theta of thetas) objective += model.prior(theta)[0]
  return objective
}

function bendsAt(
  rows: CrowdRows,
  model: CrowdModel,
  alpha: number,
  { strengths, thetas }: CrowdParameters,
): Bends {
  const { players } = rows
  const curvature = new Float64Array(players * players)
  const byStrength = strengths.map((strength) => -2 * alpha * strength)
  const priors = Array.from(thetas, (theta) => model.prior(theta))
  const byTheta = Float64Array.from(priors, ([, slope]) => slope)
  const thetaCurvature = Float64Array.from(priors, ([, , bend]) => -bend)
  const crosses = new Float64Array(rows.weight.length)
  const into = new Float64Array(5)
  let objective = priors.reduce((sum, [density]) => sum + density, 0)
  for (let i = 0; i < players; i++) {
    curvature[i * players + i] = 2 * alpha
    objective -= alpha * strengths[i]! ** 2
  }
  for (let row = 0; row < crosses.length; row++) {
    const [i, j, a] = [rows.chosen[row]!, rows.other[row]!, rows.annotator[row]!]
    const weight = rows.weight[row]!
    objective += weight * model.choice(strengths[i]! - strengths[j]!, thetas[a]!, into)
    byStrength[i]! += weight * into[0]!
    byStrength[j]! -= weight * into[0]!
    byTheta[a]! += weight * into[1]!
    const bend = -weight * into[2]!
    curvature[i * players + i]! += bend
    curvature[j * players + j]! += bend
    curvature[i * players + j]! -= bend
    curvature[j * players + i]! -= bend
    crosses[row] = -weight * into[3]!
    thetaCurvature[a]! -= weight * into[4]!
  }
  return { objective, byStrength, byTheta, curvature, crosses, thetaCurvature }
}

/**
 * Calls `visit` with each annotator's column of the curvature by strength and θ: its players, and a dense vector of
 * it.
 */
function forEachColumn(
  rows: CrowdRows,
  crosses: Float64Array,
  visit: (annotator: number, players: readonly number[], column: Float64Array) => void,
): void {
  const column = new Float64Array(rows.players)
  for (let a = 0; a < rows.annotators; a++) {
    const touched = new Set<number>()
    for (let at = rows.start[a]!; at < rows.start[a + 1]!; at++) {
      const row = rows.order[at]!
      column[rows.chosen[row]!]! += crosses[row]!
      column[rows.other[row]!]! -= crosses[row]!
      touched.add(rows.chosen[row]!).add(rows.other[row]!)
    }
    visit(a, [...touched], column)
    for (const player of touched) column[player] = 0
  }
}

/** The damped curvature with annotators eliminated, factorised; undefined where it is not positive definite. */
interface Reduced {
  readonly factor: Float64Array
  readonly thetaCurvature: Float64Array
}

/** Pivots below this share of the diagonal are none. */
const FLAT = 1e-11

/**
 * Strengths' own curvature, minus what annotators take of it: Schur's complement, of which each annotator is one
 * column.
 */
function reduce(rows: CrowdRows, bends: Bends, damping: number): Reduced | undefined {
  const { players } = rows
  const factor = bends.curvature.slice()
  const thetaCurvature = bends.thetaCurvature.map((value) => value + damping)
  if (thetaCurvature.some((value) => !(value > 0))) return undefined
  for (let i = 0; i < players; i++) factor[i * players + i]! += damping
  const scale = Float64Array.from({ length: players }, (_, i) => factor[i * players + i]!)
  forEachColumn(rows, bends.crosses, (a, touched, column) => {
    for (const i of touched) {
      const share = column[i]! / thetaCurvature[a]!
      for (const j of touched) if (j <= i) factor[i * players + j]! -= share * column[j]!
    }
  })
  const failed = factorise(factor, players, (row) => FLAT * scale[row]!)
  return failed < 0 ? { factor, thetaCurvature } : undefined
}

function solve(rows: CrowdRows, bends: Bends, { factor, thetaCurvature }: Reduced): CrowdParameters {
  const strengths = bends.byStrength.slice()
  forEachColumn(rows, bends.crosses, (a, touched, column) => {
    for (const i of touched) strengths[i]! -= (column[i]! * bends.byTheta[a]!) / thetaCurvature[a]!
  })
  solveFactored(factor, rows.players, strengths)
  const thetas = bends.byTheta.slice()
  forEachColumn(rows, bends.crosses, (a, touched, column) => {
    for (const i of touched) thetas[a]! -= column[i]! * strengths[i]!
    thetas[a]! /= thetaCurvature[a]!
  })
  return { strengths, thetas }
}

const meanOf = (vector: Float64Array): number => vector.reduce((sum, x) => sum + x, 0) / vector.length

const largest = (vector: Float64Array): number => vector.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

const moved = (from: CrowdParameters, step: CrowdParameters): CrowdParameters => ({
  strengths: from.strengths.map((value, i) => value + step.strengths[i]!),
  thetas: from.thetas.map((value, a) => value + step.thetas[a]!),
})

/** When to stop. */
export interface CrowdEffort {
  readonly tolerance: number
  readonly maxIterations: number
}

/** The maximum, and the curvature there. */
export interface CrowdMaximum extends CrowdParameters {
  readonly objective: number
  readonly iterations: number
  readonly strengthErrors: Float64Array
  readonly thetaErrors: Float64Array
}

/** Below this the damping is left out, so that the last steps are Newton's own. */
const LEAST_DAMPING = 1e-4

/** Standard errors from the inverse of the whole curvature, by way of Schur's complement. */
function errorsAt(rows: CrowdRows, bends: Bends, { factor, thetaCurvature }: Reduced) {
  const { players } = rows
  const inverse = inverseFactored(factor, players)
  // Of strengths relative to their mean: where all of them lie together, only the prior says.
  const means = Float64Array.from({ length: players }, (_, i) =>
    meanOf(inverse.subarray(i * players, (i + 1) * players)),
  )
  const mean = meanOf(means)
  const strengthErrors = means.map((own, i) => Math.sqrt(inverse[i * players + i]! - 2 * own + mean))
  const thetaErrors = new Float64Array(rows.annotators)
  forEachColumn(rows, bends.crosses, (a, touched, column) => {
    let sum = 0
    for (const i of touched)
      for (const j of touched) sum += column[i]! * inverse[i * players + j]! * column[j]!
    thetaErrors[a] = Math.sqrt(1 / thetaCurvature[a]! + sum / thetaCurvature[a]! ** 2)
  })
  return { strengthErrors, thetaErrors }
}

/**
 * Newton's method for strengths and annotators at once, damped where the objective, which is not concave in both,
 * bends the wrong way. Each accepted step raises the objective.
 *
 * @throws NoiseError `NOT_CONVERGED`.
 */
export function maximiseCrowd(
  rows: CrowdRows,
  model: CrowdModel,
  alpha: number,
  { tolerance, maxIterations }: CrowdEffort,
): CrowdMaximum {
  let parameters: CrowdParameters = {
    strengths: new Float64Array(rows.players),
    thetas: new Float64Array(rows.annotators).fill(model.start),
  }
  let damping = 0.01
  let size = Number.POSITIVE_INFINITY
  let bends = bendsAt(rows, model, alpha, parameters)
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const reduced = reduce(rows, bends, damping)
    const step = reduced && solve(rows, bends, reduced)
    const next = step && moved(parameters, step)
    const gain = next ? objectiveAt(rows, model, alpha, next) - bends.objective : Number.NEGATIVE_INFINITY
    if (!(gain >= -1e-12 * Math.abs(bends.objective))) {
      damping = Math.max(damping * 8, 1e-3)
      continue
    }
    parameters = next!
    size = Math.max(largest(step!.strengths), largest(step!.thetas))
    bends = bendsAt(rows, model, alpha, parameters)
    if (size <= tolerance && damping === 0) {
      const errors = errorsAt(rows, bends, reduce(rows, bends, 0) ?? reduced!)
      return { ...parameters, objective: bends.objective, iterations, ...errors }
    }
    damping = damping / 8 < LEAST_DAMPING ? 0 : damping / 8
  }
  const message = `maxIterations is ${maxIterations}; the last step was still ${size}, above tolerance ${tolerance}`
  throw new NoiseError('NOT_CONVERGED', 'maxIterations', message)
}
