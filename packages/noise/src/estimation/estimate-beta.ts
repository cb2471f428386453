import { sigmoid } from '@prefkit/expressions'
import { checkColumns, checkFinite, checkSameLength } from '../check-numbers'
import { checkNames, checkRange } from '../check-options'
import { softplus } from '../mathematics/softplus'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'
import { choiceRows, type TiesOption } from './choices'

/** Labels of comparisons whose differences are known. */
export interface LabelledDifferences {
  /** `[N]` Δr = r_first − r_second. Finite. */
  readonly deltas: ArrayLike<number>
  /** `[N]` 1 for the first, −1 for the second, 0 for a tie. */
  readonly labels: ArrayLike<number>
}

/** Options of {@link estimateBeta}. */
export interface EstimateBetaOptions extends TiesOption {
  /**
   * `[N]` What labels may depend on each other within, such as the item they are of: standard errors are then the
   * sandwich's. Default: each label on its own, and standard errors from the curvature.
   */
  clusters?: ArrayLike<Name>
}

/** β, as estimated. */
export interface BetaEstimate {
  /** P(first) = σ(β Δr). */
  readonly beta: number
  /** Of β, from the curvature of the log-likelihood; with clusters, the sandwich's, NaN for one cluster. */
  readonly standardError: number
  /** How often such an annotator errs on these comparisons: the mean of σ(−β|Δr|). */
  readonly errorRate: number
  /** Of the error rate, which follows from that of β. */
  readonly errorRateStandardError: number
  /** Of the labels under β. */
  readonly logLikelihood: number
  /** Labels that counted. */
  readonly count: number
}

/** Label times difference of each row, and how often it counts; a Gaussian prior on β. */
interface Problem {
  readonly margins: readonly number[]
  readonly weights: readonly number[]
  readonly mean: number
  readonly precision: number
}

interface State {
  readonly beta: number
  readonly objective: number
  readonly slope: number
  readonly curvature: number
}

function stateAt({ margins, weights, mean, precision }: Problem, beta: number): State {
  let objective = (-precision * (beta - mean) ** 2) / 2
  let slope = -precision * (beta - mean)
  let curvature = precision
  for (let i = 0; i < margins.length; i++) {
    const [margin, weight] = [margins[i]!, weights[i]!]
    const wrong = sigmoid(-beta * margin)
    objective -= weight * softplus(-beta * margin)
    slope += weight * margin * wrong
    curvature += weight * margin * margin * wrong * sigmoid(beta * margin)
  }
  return { beta, objective, slope, curvature }
}

/** Newton's step, halved until the objective does not fall: it is concave, so that some share of the step does. */
function stepFrom(problem: Problem, { beta, objective, slope, curvature }: State): State {
  for (let share = 1; ; share /= 2) {
    const next = stateAt(problem, beta + (share * slope) / curvature)
    if (next.objective >= objective - 1e-12 * Math.abs(objective) || share < 1e-12) return next
  }
}

/** The maximum. It must be known to exist: see {@link checkDetermined}. */
function maximise(problem: Problem): State {
  let state = stateAt(problem, problem.mean)
  for (let steps = 0; steps < 200; steps++) {
    const next = stepFrom(problem, state)
    const small = Math.abs(next.beta - state.beta) <= 1e-12 * Math.max(1, Math.abs(next.beta))
    state = next
    if (small) break
  }
  return state
}

/**
 * Throws `NOT_IDENTIFIED` unless some labels go with Δr and some against, so that β is finite, or a prior keeps it so.
 */
function checkDetermined({ margins, precision }: Problem, who: string): void {
  if (precision > 0) return
  const right = margins.some((margin) => margin > 0)
  const wrong = margins.some((margin) => margin < 0)
  if (right && wrong) return
  const found =
    right || wrong
      ? `all go ${right ? 'with' : 'against'} the sign of Δr, so that β is ${right ? '∞' : '−∞'}`
      : 'none is of a comparison with Δr other than 0'
  const message = `labels${who}: expected some that go with the sign of Δr and some that go against it; ${found}`
  throw new NoiseError('NOT_IDENTIFIED', 'labels', message)
}

/**
 * A slope of Δr in units of which β is about one: Newton's steps and stopping rule do not depend on units of reward.
 */
function scaleOf(deltas: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < deltas.length; i++) squares += deltas[i]! ** 2 / deltas.length
  return Math.sqrt(squares) || 1
}

function errorRateAt(margins: readonly number[], weights: readonly number[], beta: number) {
  let [rate, slope, total] = [0, 0, 0]
  margins.forEach((margin, i) => {
    const size = Math.abs(margin)
    const wrong = sigmoid(-beta * size)
    rate += weights[i]! * wrong
    slope += weights[i]! * size * wrong * (1 - wrong)
    total += weights[i]!
  })
  return { rate: rate / total, slope: slope / total }
}

function problemOf({ deltas, labels }: LabelledDifferences, ties: TiesOption, scale: number) {
  const rows = choiceRows(labels, ties)
  const margins = Array.from(rows.sign, (sign, i) => (sign * deltas[rows.from[i]!]!) / scale)
  return { from: rows.from, margins, weights: Array.from(rows.weight) }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The sandwich's standard error, of scores that are summed over the rows of a cluster. */
function clusteredError(
  problem: Problem,
  beta: number,
  from: ArrayLike<number>,
  clusters: ArrayLike<Name>,
): number {
  const { names, numbers } = numberNames({ clusters: Array.from(from, (row) => clusters[row]!) })
  const scores = new Float64Array(names.length)
  problem.margins.forEach((margin, row) => {
    scores[numbers.clusters[row]!]! += problem.weights[row]! * margin * sigmoid(-beta * margin)
  })
  const count = scores.length
  const squares = scores.reduce((total, score) => total + score * score, 0)
  if (count < 2) return Number.NaN
  return Math.sqrt((squares * count) / (count - 1)) / stateAt(problem, beta).curvature
}

/**
 * The annotation quality β of `logisticAnnotator`, P(first) = σ(β Δr), from labels of comparisons whose Δr is known:
 * logistic regression without intercept, by Newton. The inverse of `simulateAnnotations`; β comes in one over the unit
 * of Δr.
 *
 * Several votes on one item are alike for more than β: with `clusters`, standard errors allow for it, by the sandwich
 * G/(G−1) · Σ_g s_g² / H², s_g the score of a cluster and H the curvature.
 *
 * Source: 2411.04991, the logistic ξ; Liang and Zeger (1986) for clusters. Proven against statsmodels 0.15.0 (`Logit`), and recovered from simulated
 * annotators.
 *
 * @throws NoiseError `NOT_IDENTIFIED` where all labels go with the sign of Δr, or all against it: β is then infinite;
 *   `TOO_FEW` without labels that count; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function estimateBeta(votes: LabelledDifferences, options: EstimateBetaOptions = {}): BetaEstimate {
  checkNames('estimateBeta', options, { ties: true, clusters: true })
  checkNames('votes', votes, { deltas: true, labels: true })
  checkColumns({ deltas: votes.deltas, labels: votes.labels }, 'one entry for each comparison')
  checkSameLength({ deltas: votes.deltas, labels: votes.labels })
  checkFinite('deltas', votes.deltas)
  if (options.clusters !== undefined) {
    checkColumns({ clusters: options.clusters }, 'one entry for each comparison')
    checkSameLength({ deltas: votes.deltas, clusters: options.clusters })
  }
  const scale = scaleOf(votes.deltas)
  const { clusters, ...ties } = options
  const { from, margins, weights } = problemOf(votes, ties, scale)
  if (margins.length === 0) {
    throw new NoiseError(
      'TOO_FEW',
      'labels',
      'labels has none that count; expected at least one that is no tie',
    )
  }
  const problem = { margins, weights, mean: 0, precision: 0 }
  checkDetermined(problem, '')
  const { beta, objective, curvature } = maximise(problem)
  const { rate, slope } = errorRateAt(margins, weights, beta)
  const error =
    clusters === undefined ? 1 / Math.sqrt(curvature) : clusteredError(problem, beta, from, clusters)
  return {
    beta: beta / scale,
    standardError: error / scale,
    errorRate: rate,
    errorRateStandardError: slope * error,
    logLikelihood: objective,
    count: sum(weights),
  }
}

/** Labels of comparisons whose differences are known, and who gave them. */
export interface AnnotatedDifferences extends LabelledDifferences {
  /** `[N]` Who labelled. */
  readonly annotators: ArrayLike<Name>
}

/** Options of {@link estimateAbilities}. */
export interface EstimateAbilitiesOptions extends TiesOption {
  /**
   * Strength of the tie to the β of all: each annotator's β_a has a Gaussian prior around it whose standard deviation
   * is |β| over the square root of this; ≥ 0. 0 is maximum likelihood, annotator by annotator. Default: 0.
   */
  priorPrecision?: number
}

/** Each annotator's β and ability, as estimated. */
export interface AbilityEstimates {
  /** In the order they came. */
  readonly annotators: readonly Name[]
  /** `[annotators]` P(first) = σ(β_a Δr). */
  readonly betas: Float64Array
  /** `[annotators]` Of β_a, from the curvature of log-likelihood and prior. */
  readonly standardErrors: Float64Array
  /** `[annotators]` a of `withAbility`: β_a over the β of all. Below 0 for who mostly is wrong. */
  readonly abilities: Float64Array
  /** `[annotators]` How many labels of each counted. */
  readonly counts: Float64Array
  /** All labels as if they were one annotator's. */
  readonly pooled: BetaEstimate
}

/** β of all below this, in units of the spread of Δr, is none that abilities could be relative to. */
const NO_BETA = 1e-9

function checkRelative(beta: number): void {
  if (Math.abs(beta) > NO_BETA) return
  const message =
    'labels: the β of all is 0, so that there is nothing for abilities to be relative to; expected another β'
  throw new NoiseError('NOT_IDENTIFIED', 'labels', message)
}

/**
 * Each annotator's own β_a, P(first) = σ(β_a Δr), from labels of comparisons whose Δr is known, and the ability β_a/β
 * that `withAbility` takes. Where Δr is not known either, see `fitCrowdBradleyTerry`.
 *
 * Source: 2411.04991, the logistic ξ, by annotator. Proven against its equation, and recovered from simulated
 * annotators.
 *
 * @throws NoiseError as `estimateBeta`; `NOT_IDENTIFIED`, naming the annotator, where one annotator's labels all go
 *   with the sign of Δr or all against it, unless `priorPrecision` is above 0.
 */
export function estimateAbilities(
  votes: AnnotatedDifferences,
  options: EstimateAbilitiesOptions = {},
): AbilityEstimates {
  checkNames('estimateAbilities', options, { ties: true, priorPrecision: true })
  checkNames('votes', votes, { deltas: true, labels: true, annotators: true })
  const { deltas, labels, annotators } = votes
  const { priorPrecision = 0, ...ties } = options
  checkRange('priorPrecision', priorPrecision, 0)
  checkColumns({ deltas, labels, annotators }, 'one entry for each comparison')
  checkSameLength({ deltas, labels, annotators })
  const pooled = estimateBeta({ deltas, labels }, ties)
  const { names, numbers } = numberNames({ annotators })
  const scale = scaleOf(deltas)
  const { from, margins, weights } = problemOf(votes, ties, scale)
  const mean = pooled.beta * scale
  checkRelative(mean)
  const owned = Map.groupBy(from.keys(), (row) => numbers.annotators[from[row]!]!)
  const fitted = names.map((name, a) => {
    const rows = owned.get(a) ?? []
    const own = {
      margins: rows.map((row) => margins[row]!),
      weights: rows.map((row) => weights[row]!),
      mean: priorPrecision > 0 ? mean : 0,
      precision: priorPrecision === 0 ? 0 : priorPrecision / mean ** 2,
    }
    checkDetermined(own, ` of annotator ${JSON.stringify(name)}`)
    return { ...maximise(own), count: sum(own.weights) }
  })
  return {
    annotators: names,
    betas: Float64Array.from(fitted, ({ beta }) => beta / scale),
    standardErrors: Float64Array.from(fitted, ({ curvature }) => 1 / Math.sqrt(curvature) / scale),
    abilities: Float64Array.from(fitted, ({ beta }) => beta / mean),
    counts: Float64Array.from(fitted, ({ count }) => count),
    pooled,
  }
}
