import {
  checkBoolean,
  checkInteger,
  checkNames,
  checkPositive,
  checkRange,
  checkRecord,
  choose,
  formatValue,
} from '../check-options'
import { blockShape, squareShape } from '../mathematics/matrix-shape'
import { NoiseError } from '../noise-error'
import { type CellKey, type Cells, cellsOf } from './cells'
import { minoriseMaximise } from './minorise-maximise'
import { newmanStart } from './newman-start'
import { type Effort, type Maximum, maximise } from './newton'
import { outcomeModels, type TieModel } from './outcome-models'
import { type PairedComparisons, type Player, type Rows, rowsOf } from './paired-comparisons'
import { objectiveAt, type Problem, strengthsOf, tieParameterOf } from './problem'
import { checkConnected, comparisonGroups } from './win-graph'

/** Options of {@link fitBradleyTerry}. */
export interface BradleyTerryOptions {
  /**
   * What a tie is. `half`: half a win for each, as in Chatbot Arena; `davidson` and `rao-kupper`: an outcome of its own,
   * with a parameter that is estimated. Default: `half`.
   */
  ties?: TieModel
  /** Whether being first helps: γ is estimated and added to the first player's strength. Default: false. */
  orderEffect?: boolean
  /** Numbers about players by name: strengths are then Xβ, and β is estimated instead. Default: strengths are free. */
  playerCovariates?: Readonly<Record<string, ReadonlyMap<Player, number>>>
  /** α ≥ 0: α Σθ² (or α Σβ²) is taken off the log-likelihood, a Gaussian prior of variance 1/(2α). Default: 0. */
  alpha?: number
  /** The same for the coefficients of the comparisons' covariates. Default: 0. */
  covariateAlpha?: number
  /** The player whose strength is 0. Default: strengths have mean 0. */
  reference?: Player
  /** `newton`, or Hunter's `mm`, which is slower and has neither priors nor covariates. Default: `newton`. */
  method?: 'newton' | 'mm'
  /** Largest error of a parameter that is left. Default: 1e-10. */
  tolerance?: number
  /** Steps after which to give up. Default: 100, and 100,000 for `mm`. */
  maxIterations?: number
}

/** What has been fitted, as intervals need it. */
interface FittedModel {
  readonly rows: Rows
  readonly problem: Problem
  readonly parameters: Float64Array
  /** Place of the reference among the players, or −1 for mean 0. */
  readonly reference: number
  readonly orderEffect: boolean
  readonly coefficientNames: readonly string[]
}

/** A fitted Bradley–Terry model. */
export interface BradleyTerryFit {
  /** Players in the order in which they first appear. */
  readonly players: readonly Player[]
  /** θ of each player: the log-odds of winning are the difference of two. */
  readonly strengths: Float64Array
  /** γ, what being first adds to the log-odds, where it was asked for. */
  readonly orderEffect?: number
  /** Coefficients of the players' and of the comparisons' covariates, by name. */
  readonly coefficients: Readonly<Record<string, number>>
  /** Davidson's ν > 0, or Rao and Kupper's η > 0, where ties have a parameter. */
  readonly tieParameter?: number
  /** Sum of the weighted log-probabilities of the outcomes, without what a prior takes off. */
  readonly logLikelihood: number
  /** Steps that were taken. */
  readonly iterations: number
  /** What intervals are computed from. */
  readonly model: FittedModel
}

/** α's and the like, checked and with defaults. */
function checkedOptions(options: BradleyTerryOptions) {
  checkNames('fitBradleyTerry', options, {
    ties: true,
    orderEffect: true,
    playerCovariates: true,
    alpha: true,
    covariateAlpha: true,
    reference: true,
    method: true,
    tolerance: true,
    maxIterations: true,
  })
  const { ties = 'half', method = 'newton', alpha = 0, covariateAlpha = 0, tolerance = 1e-10 } = options
  choose('ties', ties, outcomeModels)
  const newton = choose('method', method, { newton: true, mm: false })
  const { maxIterations = newton ? 100 : 100_000, orderEffect = false, playerCovariates = {} } = options
  checkRange('alpha', alpha, 0)
  checkRange('covariateAlpha', covariateAlpha, 0)
  checkPositive('tolerance', tolerance)
  checkInteger('maxIterations', maxIterations, 1)
  checkBoolean('orderEffect', orderEffect)
  checkRecord('playerCovariates', playerCovariates, 'an object of Maps by name')
  const design = Object.entries(playerCovariates)
  return { ...options, ties, newton, alpha, covariateAlpha, tolerance, maxIterations, orderEffect, design }
}

type Checked = ReturnType<typeof checkedOptions>

/** X, `[players, columns]`. */
function designOf(players: readonly Player[], columns: Checked['design']): Float64Array | undefined {
  if (columns.length === 0) return undefined
  const design = new Float64Array(players.length * columns.length)
  columns.forEach(([name, values], k) => {
    if (!(values instanceof Map)) {
      const message = `playerCovariates.${name} is ${formatValue(values)}; expected a Map from players to numbers`
      throw new NoiseError('INVALID_OPTION', `playerCovariates.${name}`, message)
    }
    players.forEach((player, i) => {
      const value = values.get(player)
      design[i * columns.length + k] = value ?? Number.NaN
      if (value !== undefined && Number.isFinite(value)) return
      const parameter = `playerCovariates.${name}`
      const message = `${parameter} of ${formatValue(player)} is ${formatValue(value)}; expected a finite number`
      throw new NoiseError('NOT_FINITE', parameter, message)
    })
  })
  return design
}

// A loop: `reduce` takes ten times as long.
function sum(values: Float64Array): number {
  let total = 0
  for (let k = 0; k < values.length; k++) total += values[k]!
  return total
}

/** Share of ties; throws `TOO_FEW` where it leaves a tie parameter without a finite estimate. */
function tieShare(cells: Cells, ties: TieModel): number {
  const tied = sum(cells.ties)
  const decided = sum(cells.wins) + sum(cells.losses)
  if (tied + decided === 0) {
    throw new NoiseError('TOO_FEW', 'weights', 'weights add up to 0; expected some comparisons')
  }
  if (outcomeModels[ties].estimatesTies && (tied === 0 || decided === 0)) {
    const found = tied === 0 ? 'no ties' : 'nothing but ties'
    const message = `ties is ${formatValue(ties)} and there are ${found}; expected both, or ties: 'half'`
    throw new NoiseError('TOO_FEW', 'outcomes', message)
  }
  return tied / (tied + decided)
}

/** The reference's place among the players, or −1 for none. */
function placeOf(players: readonly Player[], reference: Player | undefined): number {
  if (reference === undefined) return -1
  const place = players.indexOf(reference)
  if (place >= 0) return place
  const message = `reference is ${formatValue(reference)}; expected one of the players compared`
  throw new NoiseError('INVALID_OPTION', 'reference', message)
}

/** Throws `INVALID_OPTION` where names of covariates meet. */
function checkCoefficients(names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k)
  if (twice === undefined) return
  const message = `${twice} names a covariate of players and one of comparisons; expected different names`
  throw new NoiseError('INVALID_OPTION', twice, message)
}

function problemOf(rows: Rows, options: Checked): Problem {
  const { alpha, covariateAlpha, orderEffect } = options
  const by: CellKey = rows.covariates.length > 0 ? 'row' : orderEffect ? 'ordered-pair' : 'pair'
  const ones = new Float64Array(rows.first.length).fill(1)
  const columns = rows.covariates.map(([, column]) => column)
  const cells = cellsOf(rows, by, orderEffect ? [ones, ...columns] : columns)
  const outcomes = outcomeModels[options.ties]
  const design = designOf(rows.players, options.design)
  const leading = design === undefined ? rows.players.length : options.design.length
  const size = leading + cells.width + Number(outcomes.estimatesTies)
  const penalties = new Float64Array(size).fill(alpha, 0, leading)
  penalties.fill(covariateAlpha, leading + Number(orderEffect), leading + cells.width)
  const players = rows.players.length
  const shared = size - leading
  const groups = comparisonGroups(players, cells)
  const shape =
    design === undefined ? blockShape(groups.of, groups.count, shared) : squareShape(players + shared)
  return { players, cells, outcomes, design, leading, size, shape, penalties }
}

/** Whether strengths are free and there is no prior. */
const isPlain = ({ penalties, design }: Problem): boolean =>
  design === undefined && penalties.every((penalty) => penalty === 0)

/** Throws `INVALID_OPTION` where MM has no closed form. */
function checkClosedForm(problem: Problem, rows: Rows): void {
  if (isPlain(problem) && rows.covariates.length === 0) return
  const message = "method is 'mm', which has no priors and no covariates; expected 'newton' with these"
  throw new NoiseError('INVALID_OPTION', 'method', message)
}

function maximum(problem: Problem, rows: Rows, options: Checked): Maximum {
  const effort: Effort = options
  const share = tieShare(problem.cells, options.ties)
  const tau = problem.outcomes.start(share)
  if (options.newton) {
    const start = new Float64Array(problem.size)
    if (isPlain(problem) && problem.size === problem.players)
      start.set(newmanStart(problem.cells, problem.players))
    if (problem.outcomes.estimatesTies) start[problem.size - 1] = tau
    return maximise(problem, start, effort)
  }
  checkClosedForm(problem, rows)
  const plain = {
    ties: options.ties,
    withOrder: options.orderEffect,
    start: options.ties === 'half' ? 0 : Math.exp(tau),
  }
  return minoriseMaximise(problem.cells, rows.players.length, plain, effort)
}

/** What is taken off strengths: their mean, or the reference's. */
export const originOf = (strengths: Float64Array, reference: number): number =>
  reference < 0 ? sum(strengths) / strengths.length : strengths[reference]!

/**
 * Strengths of players from comparisons of two, by maximum likelihood: P(i ≻ j) = σ(θᵢ − θⱼ + γ + xᵀδ), where γ helps the
 * first (`orderEffect`), x are the comparison's covariates, and θ = Xβ given `playerCovariates`. With ν > 0 and
 * d the bracket, Davidson's P(first) : P(second) : P(tie) = e^(d/2) : e^(−d/2) : ν; with η > 0, Rao and Kupper's are
 * σ(d − η), σ(−d − η) and the rest. Counts are added up by pair first, so that the number of comparisons hardly matters;
 * memory is 8 bytes for each pair of players of a group, a group being all who are linked by comparisons; without a prior
 * or with `playerCovariates`, all are one group.
 *
 * Without a prior the estimate is finite and unique under Ford's condition: wins link all players both ways
 * (`connectedGroups`). A prior `alpha` is that of choix's `opt_pairwise`: the penalty αΣθ², whose variance is 1/(2α)
 * (choix 0.4.1 says 1/α). With `ties: 'half'` a tie is no outcome of the model, and Wald errors are not those of a
 * likelihood: take the sandwich's.
 *
 * Source: Bradley and Terry 1952; Ford 1957; Hunter 2004 (MM); Davidson 1970 and Rao and Kupper 1967 (ties); Davidson
 * and Beaver 1977 (order). Proven against choix 0.4.1 (`ilsr_pairwise`, `mm_pairwise`, `opt_pairwise`), fschat 0.2.36
 * (`compute_elo_mle_with_tie`), scikit-learn 1.9.1 (`LogisticRegression`), statsmodels 0.15.0 (`Logit`, `OrderedModel`,
 * `GLM`).
 *
 * @throws NoiseError `DISCONNECTED`, naming the groups of players, where Ford's condition fails, strengths are free and
 *   `alpha` is 0; `NOT_IDENTIFIED` where covariates are collinear or separate wins from losses; `NOT_CONVERGED`;
 *   `TOO_FEW` for no comparisons, or for a tie parameter without ties; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 *   `INVALID_OPTION`.
 */
export function fitBradleyTerry(
  comparisons: PairedComparisons,
  options: BradleyTerryOptions = {},
): BradleyTerryFit {
  const checked = checkedOptions(options)
  const rows = rowsOf(comparisons)
  const coefficientNames = [...checked.design, ...rows.covariates].map(([name]) => name)
  checkCoefficients(coefficientNames)
  const reference = placeOf(rows.players, checked.reference)
  const problem = problemOf(rows, checked)
  if (problem.design === undefined && checked.alpha === 0) checkConnected(rows.players, problem.cells)
  const { parameters, iterations } = maximum(problem, rows, checked)
  const { orderEffect } = checked
  const strengths = strengthsOf(problem, parameters)
  const origin = originOf(strengths, reference)
  const values = coefficientsOf(problem, parameters, orderEffect)
  return {
    players: rows.players,
    strengths: strengths.map((strength) => strength - origin),
    ...(orderEffect && { orderEffect: parameters[problem.leading]! }),
    coefficients: Object.fromEntries(coefficientNames.map((name, k) => [name, values[k]!])),
    ...(problem.outcomes.estimatesTies && {
      tieParameter: problem.outcomes.report(tieParameterOf(problem, parameters)),
    }),
    logLikelihood: objectiveAt(problem, parameters).logLikelihood,
    iterations,
    model: { rows, problem, parameters, reference, orderEffect, coefficientNames },
  }
}

/** Where the coefficients with names stand among the parameters. */
export function coefficientPlaces({ design, leading, cells }: Problem, orderEffect: boolean): number[] {
  const ofPlayers = Array.from({ length: design === undefined ? 0 : leading }, (_, k) => k)
  const extras = Number(orderEffect)
  return [...ofPlayers, ...Array.from({ length: cells.width - extras }, (_, k) => leading + extras + k)]
}

const coefficientsOf = (problem: Problem, parameters: Float64Array, orderEffect: boolean): number[] =>
  coefficientPlaces(problem, orderEffect).map((place) => parameters[place]!)
