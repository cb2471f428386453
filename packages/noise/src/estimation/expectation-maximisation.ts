import { checkInteger, checkPositive, checkRange } from '../check-options'
import { labelCounts, type VoteTable } from './votes'

/** How long to go on, as all estimates by EM have it. */
export interface EffortOptions {
  /** Ends when the objective rises by less than this for each vote, ≥ 0. Default: 1e-7. */
  tolerance?: number
  /** Ends after this many iterations, ≥ 1, with `converged` false. Default: 2000. */
  maxIterations?: number
}

/** {@link EffortOptions}, checked. */
export function checkedEffort({
  tolerance = 1e-7,
  maxIterations = 2000,
}: EffortOptions): Required<EffortOptions> {
  checkRange('tolerance', tolerance, 0)
  checkInteger('maxIterations', maxIterations, 1)
  return { tolerance, maxIterations }
}

/** How an iteration went. */
export interface Convergence {
  /** log P(votes), with the true labels summed out. */
  readonly logLikelihood: number
  /** What was maximised at each iteration: the log-likelihood, and what a prior adds. It never falls. */
  readonly objectives: readonly number[]
  /** How many times posteriors were computed. */
  readonly iterations: number
  /** Whether it ended because the objective rose no more. */
  readonly converged: boolean
}

/** What votes are expected to be, given posteriors of true labels. */
export interface Expected {
  /** `[annotators, classes, classes]` Votes of each annotator by true label and label given. */
  readonly votes: Float64Array
  /** `[classes]` Items by true label. */
  readonly items: Float64Array
}

/** A model of who says what, given the true label. */
export interface LabelModel<Parameters> {
  /** Parameters that maximise the objective's bound; `before` has those that posteriors were computed with. */
  readonly update: (expected: Expected, before: Parameters | undefined) => Parameters
  /** `[annotators, classes, classes]` log P(label given | true label). */
  readonly logEmissions: (parameters: Parameters) => Float64Array
  /** `[classes]` log P(true label). */
  readonly logPrior: (parameters: Parameters) => Float64Array
  /** What a prior on the parameters adds to the objective. */
  readonly logDensity: (parameters: Parameters) => number
}

/** Where it ended. */
export interface Fitted<Parameters> extends Convergence {
  readonly parameters: Parameters
  /** `[items, classes]` P(true label | votes). */
  readonly posteriors: Float64Array
}

/** `[items, classes]` The share of each item's votes that each class has: where every fit begins. */
function voteShares(table: VoteTable): Float64Array {
  const classes = table.classes.length
  const shares = labelCounts(table)
  for (let at = 0; at < shares.length; at += classes) {
    const item = at / classes
    const size = table.start[item + 1]! - table.start[item]!
    for (let k = 0; k < classes; k++) shares[at + k]! /= size
  }
  return shares
}

/** What votes are expected to be, each item counting as often as its weight says. */
export function expectedOf(table: VoteTable, posteriors: Float64Array, weights?: Float64Array): Expected {
  const { start, annotatorOf, labelOf, annotators } = table
  const classes = table.classes.length
  const votes = new Float64Array(annotators.length * classes * classes)
  const items = new Float64Array(classes)
  for (let item = 0; item < table.items.length; item++) {
    const weight = weights === undefined ? 1 : weights[item]!
    if (weight === 0) continue
    for (let k = 0; k < classes; k++) items[k]! += weight * posteriors[item * classes + k]!
    for (let vote = start[item]!; vote < start[item + 1]!; vote++) {
      const cell = annotatorOf[vote]! * classes * classes + labelOf[vote]!
      for (let k = 0; k < classes; k++) votes[cell + k * classes]! += weight * posteriors[item * classes + k]!
    }
  }
  return { votes, items }
}

/** Turns log-probabilities of one item's true label into probabilities, in place; returns the log of their sum. */
function normalise(logs: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logs.length; k++) if (logs[k]! > most) most = logs[k]!
  let sum = 0
  for (let k = 0; k < logs.length; k++) {
    logs[k] = Math.exp(logs[k]! - most)
    sum += logs[k]!
  }
  for (let k = 0; k < logs.length; k++) logs[k]! /= sum
  return most + Math.log(sum)
}

/** Overwrites `posteriors` by P(true label | votes), and returns the log-likelihood. */
function posteriorsInto(
  posteriors: Float64Array,
  table: VoteTable,
  logs: { emissions: Float64Array; prior: Float64Array },
  weights: Float64Array | undefined,
): number {
  const { start, annotatorOf, labelOf } = table
  const classes = table.classes.length
  const { emissions } = logs
  const own = new Float64Array(classes)
  let total = 0
  for (let item = 0; item < table.items.length; item++) {
    const weight = weights === undefined ? 1 : weights[item]!
    if (weight === 0) continue
    own.set(logs.prior)
    for (let vote = start[item]!; vote < start[item + 1]!; vote++) {
      const cell = annotatorOf[vote]! * classes * classes + labelOf[vote]!
      for (let k = 0; k < classes; k++) own[k]! += emissions[cell + k * classes]!
    }
    total += weight * normalise(own)
    posteriors.set(own, item * classes)
  }
  return total
}

/** What an iteration may be given besides the model. */
export interface Beginning {
  /** `[items, classes]` Default: {@link voteShares}. */
  readonly posteriors?: Float64Array
  /** `[items]` How often each item counts. Default: once. */
  readonly weights?: Float64Array
}

/** Expectation–maximisation: parameters and posteriors in turn. Parameters are those that the posteriors are from. */
export function expectationMaximisation<Parameters>(
  table: VoteTable,
  model: LabelModel<Parameters>,
  { tolerance, maxIterations }: Required<EffortOptions>,
  { posteriors: begun, weights }: Beginning = {},
): Fitted<Parameters> {
  const posteriors = begun?.slice() ?? voteShares(table)
  const objectives: number[] = []
  const enough = tolerance * table.labelOf.length
  let parameters = model.update(expectedOf(table, posteriors, weights), undefined)
  for (;;) {
    const logs = { emissions: model.logEmissions(parameters), prior: model.logPrior(parameters) }
    const logLikelihood = posteriorsInto(posteriors, table, logs, weights)
    const objective = logLikelihood + model.logDensity(parameters)
    const converged = objectives.length > 0 && objective - objectives.at(-1)! <= enough
    objectives.push(objective)
    const iterations = objectives.length
    if (converged || iterations === maxIterations) {
      return { parameters, posteriors, logLikelihood, objectives, iterations, converged }
    }
    parameters = model.update(expectedOf(table, posteriors, weights), parameters)
  }
}

/** The likeliest class of each item, the first among equals. */
export function likeliest(table: VoteTable, posteriors: Float64Array) {
  const classes = table.classes.length
  return table.items.map((_, item) => {
    const own = posteriors.subarray(item * classes, (item + 1) * classes)
    return table.classes[own.indexOf(own.reduce((most, p) => Math.max(most, p), 0))]!
  })
}

/** Throws `OUT_OF_RANGE` unless all of these are above 0. */
export function checkAllPositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) checkPositive(name, value)
}
