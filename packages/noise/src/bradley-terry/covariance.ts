import { checkSameLength } from '../check-numbers'
import { groupRows } from '../group-rows'
import { inverseBlocks } from '../mathematics/cholesky'
import { diagonalOf } from '../mathematics/matrix-shape'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'
import { cellsOf } from './cells'
import type { BradleyTerryFit } from './fit-bradley-terry'
import { factorOf } from './newton'
import type { Rows } from './paired-comparisons'
import {
  curvatureShape,
  derivativesAt,
  forEachScore,
  type Problem,
  sandwich,
  strengthCovariance,
} from './problem'

type Model = BradleyTerryFit['model']

/** What is independent: which unit each row belongs to, and how many there are. */
export interface Units {
  readonly of: Int32Array
  /** Of units that differ; where {@link counted}, of comparisons. */
  readonly count: number
  /** Whether each row is a unit that is there as often as its weight says; else a weight is a part of its unit. */
  readonly counted: boolean
}

/** Units by cluster; without clusters each row, counted where all weights are whole numbers. */
export function unitsOf({ first, weights }: Rows, clusters: ArrayLike<Name> | undefined): Units {
  if (clusters === undefined) {
    const counted = weights.every(Number.isInteger)
    const count = counted ? weights.reduce((sum, weight) => sum + weight, 0) : first.length
    return { of: Int32Array.from(first.keys()), count, counted }
  }
  checkSameLength({ comparisons: first, clusters })
  const { names, numbers } = numberNames({ clusters })
  return { of: numbers.clusters, count: names.length, counted: false }
}

/** Rows in the order of their units. */
function sortRows(rows: Rows, { of }: Units): { rows: Rows; units: Int32Array } {
  const { order } = groupRows(of, of.length)
  return {
    units: order.map((row) => of[row]!),
    rows: {
      players: rows.players,
      first: order.map((row) => rows.first[row]!),
      second: order.map((row) => rows.second[row]!),
      outcomes: Float64Array.from(order, (row) => rows.outcomes[row]!),
      weights: Float64Array.from(order, (row) => rows.weights[row]!),
      covariates: rows.covariates.map(([name, column]) => [
        name,
        Float64Array.from(order, (row) => column[row]!),
      ]),
    },
  }
}

/** Adds a multiple of the outer product of a vector that is mostly zeros. */
function addOuter(matrix: Float64Array, vector: Float64Array, share: number): void {
  for (let i = 0; i < vector.length; i++) {
    const value = share * vector[i]!
    if (value === 0) continue
    for (let j = 0; j < vector.length; j++) matrix[i * vector.length + j]! += value * vector[j]!
  }
}

/** Σ over units of s sᵀ, s being the unit's gradient, times G/(G − 1) for G units. */
function meatOf({ rows, problem, parameters, orderEffect }: Model, units: Units): Float64Array {
  const sorted = sortRows(rows, units)
  const columns = sorted.rows.covariates.map(([, column]) => column)
  const ones = new Float64Array(rows.first.length).fill(1)
  const byRow: Problem = {
    ...problem,
    cells: cellsOf(sorted.rows, 'row', orderEffect ? [ones, ...columns] : columns),
  }
  const meat = new Float64Array(problem.size ** 2)
  const sums = new Float64Array(problem.size)
  forEachScore(byRow, parameters, (row, score) => {
    for (let k = 0; k < sums.length; k++) sums[k]! += score[k]!
    if (sorted.units[row] === sorted.units[row + 1]) return
    // Of w comparisons alike each has 1/w of the gradient: w·(s/w)(s/w)ᵀ.
    const weight = sorted.rows.weights[row]!
    if (weight > 0 || !units.counted) addOuter(meat, sums, units.counted ? 1 / weight : 1)
    sums.fill(0)
  })
  return meat.map((value) => (value * units.count) / (units.count - 1))
}

/** The factor of the curvature at the estimate, mean fixed. */
export function informationFactor({ problem, parameters }: Model): Float64Array {
  const curvature = derivativesAt(problem, parameters).curvature!
  return factorOf(problem, curvature, diagonalOf(curvature, curvatureShape(problem)))
}

/** Covariance of the parameters by the inverse of the observed information, a prior included. */
export function waldCovariance(model: Model): Float64Array {
  return inverseBlocks(informationFactor(model), curvatureShape(model.problem))
}

/** Covariance of the parameters that holds even where the model does not, for independent units. */
export function sandwichCovariance(model: Model, clusters: ArrayLike<Name> | undefined): Float64Array {
  const units = unitsOf(model.rows, clusters)
  if (units.count < 2) {
    const parameter = clusters === undefined ? 'comparisons' : 'clusters'
    const message = `${parameter} has ${units.count} different values; expected at least 2 that are independent`
    throw new NoiseError('TOO_FEW', parameter, message)
  }
  const { size } = model.problem
  return sandwich(waldCovariance(model), meatOf(model, units), { outer: size, inner: size })
}

/** Takes the mean, or the reference's value, off each row and each column: the covariance of strengths as reported. */
function centreCovariance(matrix: Float64Array, size: number, reference: number): Float64Array {
  const origin = (at: (k: number) => number): number => {
    if (reference >= 0) return at(reference)
    let sum = 0
    for (let k = 0; k < size; k++) sum += at(k)
    return sum / size
  }
  const rows = matrix.slice()
  for (let i = 0; i < size; i++) {
    const mean = origin((k) => matrix[i * size + k]!)
    for (let k = 0; k < size; k++) rows[i * size + k]! -= mean
  }
  const both = rows.slice()
  for (let k = 0; k < size; k++) {
    const mean = origin((i) => rows[i * size + k]!)
    for (let i = 0; i < size; i++) both[i * size + k]! -= mean
  }
  return both
}

/** The covariance of strengths as they are reported, `[players, players]`. */
export const reportedCovariance = ({ problem, reference }: Model, covariance: Float64Array): Float64Array =>
  centreCovariance(strengthCovariance(problem, covariance), problem.players, reference)
