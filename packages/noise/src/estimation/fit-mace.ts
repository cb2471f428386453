import { checkNames, choose } from '../check-options'
import { digamma, logGamma } from '../mathematics/gamma-functions'
import type { Name } from '../names'
import { type BootstrapOptions, bootstrapErrors } from './bootstrap'
import {
  type Beginning,
  type Convergence,
  checkAllPositive,
  checkedEffort,
  type EffortOptions,
  type Expected,
  expectationMaximisation,
  type LabelModel,
  likeliest,
} from './expectation-maximisation'
import { largerOf, posteriorSpread } from './posterior-spread'
import { type ClassesOption, type Votes, voteTable } from './votes'

/** Options of {@link fitMace}. */
export interface FitMaceOptions extends ClassesOption, EffortOptions {
  /**
   * `variational`: posteriors of competence and strategy under the priors, by variational Bayes; `maximum-likelihood`:
   * by EM, with `smoothing`. Default: `variational`.
   */
  method?: 'variational' | 'maximum-likelihood'
  /** Variational: both parameters of the Beta prior on competence, > 0. Default: 0.5, as MACE has it. */
  competencePrior?: number
  /** Variational: the parameter of the Dirichlet prior on what spam says, > 0. Default: 10, as MACE has it. */
  strategyPrior?: number
  /** Maximum likelihood: pseudo-votes in each cell, > 0. Default: 0.01 over the number of classes, as MACE has it. */
  smoothing?: number
  /** Standard errors by the bootstrap over items; `{}` takes its defaults. Default: none. */
  bootstrap?: BootstrapOptions
}

/** Annotators and true labels, as estimated. */
export interface Mace extends Convergence {
  /** Items, in the order they came. */
  readonly items: readonly Name[]
  /** Annotators, in the order they came. */
  readonly annotators: readonly Name[]
  /** Labels, in the order of columns. */
  readonly classes: readonly Name[]
  /** `[items, classes]` P(true label | votes). */
  readonly posteriors: Float64Array
  /** `[items]` The likeliest label of each. */
  readonly labels: readonly Name[]
  /** `[annotators]` The probability that the annotator does not spam: posterior mean, or maximum likelihood. */
  readonly competence: Float64Array
  /** `[annotators, classes]` What the annotator says when spamming: posterior mean, or maximum likelihood. */
  readonly strategy: Float64Array
  /** `[annotators]` How many of the annotator's votes are expected not to be spam. */
  readonly knowing: Float64Array
  /** Standard errors, where a bootstrap was asked for. */
  readonly standardErrors?: Pick<Mace, 'competence' | 'strategy'>
}

/**
 * Pseudo-votes of knowing, of spamming, and of each label when spamming, plus votes expected; and weights made of
 * these.
 */
interface Parameters {
  readonly knowing: Float64Array
  readonly spamming: Float64Array
  readonly strategy: Float64Array
  /** P(not spam), or e^E[log P] where that is uncertain. */
  readonly knows: Float64Array
  readonly spams: Float64Array
  readonly says: Float64Array
}

/** What a method makes of pseudo-votes of alternatives: their weights, and what they add to the objective. */
interface Method {
  readonly weigh: (count: number, total: number) => number
  /** What one alternative adds to log prior density, or to minus the divergence of posterior from prior. */
  readonly ofOne: (count: number, weight: number, prior: number) => number
  /** What all alternatives together add. */
  readonly ofAll: (total: number, alternatives: number, prior: number) => number
}

const methods: Readonly<Record<'variational' | 'maximum-likelihood', Method>> = {
  'maximum-likelihood': {
    weigh: (count, total) => count / total,
    ofOne: (_count, weight, prior) => prior * Math.log(weight),
    ofAll: () => 0,
  },
  // −KL(Dirichlet(counts) ‖ Dirichlet(prior)); log weights are the expected log-probabilities.
  variational: {
    weigh: (count, total) => Math.exp(digamma(count) - digamma(total)),
    ofOne: (count, weight, prior) => logGamma(count) - (count - prior) * Math.log(weight),
    ofAll: (total, alternatives, prior) =>
      logGamma(prior * alternatives) - alternatives * logGamma(prior) - logGamma(total),
  },
}

/** `[rows]` Sums over each row of `[rows, width]`. */
function rowSums(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(values.length / width)
  for (let row = 0, at = 0; row < sums.length; row++) {
    for (let k = 0; k < width; k++) sums[row]! += values[at++]!
  }
  return sums
}

interface Priors {
  readonly competence: number
  readonly strategy: number
}

function priorsOf(
  classes: number,
  {
    method = 'variational',
    competencePrior = 0.5,
    strategyPrior = 10,
    smoothing = 0.01 / classes,
  }: FitMaceOptions,
): Priors {
  checkAllPositive({ competencePrior, strategyPrior, smoothing })
  return method === 'variational'
    ? { competence: competencePrior, strategy: strategyPrior }
    : { competence: smoothing, strategy: smoothing }
}

/**
 * Splits the expected votes of one annotator into knowing and spamming, by what was thought of the annotator before.
 */
function addVotes(
  a: number,
  { votes }: Expected,
  before: Parameters | undefined,
  into: Pick<Parameters, 'knowing' | 'spamming' | 'strategy'>,
  classes: number,
): void {
  for (let label = 0; label < classes; label++) {
    const say = a * classes + label
    const knows = before?.knows[a] ?? 0.5
    const guess = before === undefined ? 0.5 / classes : before.spams[a]! * before.says[say]!
    let all = 0
    for (let truth = 0; truth < classes; truth++) all += votes[(a * classes + truth) * classes + label]!
    const known = (votes[(a * classes + label) * classes + label]! * knows) / (knows + guess)
    into.knowing[a]! += known
    into.spamming[a]! += all - known
    into.strategy[say]! += all - known
  }
}

function updateOf(classes: number, priors: Priors, { weigh }: Method) {
  return (expected: Expected, before: Parameters | undefined): Parameters => {
    const count = expected.votes.length / (classes * classes)
    const knowing = new Float64Array(count).fill(priors.competence)
    const spamming = new Float64Array(count).fill(priors.competence)
    const strategy = new Float64Array(count * classes).fill(priors.strategy)
    for (let a = 0; a < count; a++) addVotes(a, expected, before, { knowing, spamming, strategy }, classes)
    const spam = rowSums(strategy, classes)
    return {
      knowing,
      spamming,
      strategy,
      knows: knowing.map((known, a) => weigh(known, known + spamming[a]!)),
      spams: spamming.map((spammed, a) => weigh(spammed, spammed + knowing[a]!)),
      says: strategy.map((said, at) => weigh(said, spam[Math.floor(at / classes)]!)),
    }
  }
}

function logEmissions({ knows, spams, says }: Parameters, classes: number): Float64Array {
  const logs = new Float64Array(says.length * classes)
  for (let a = 0; a < knows.length; a++) {
    for (let label = 0; label < classes; label++) {
      const guess = spams[a]! * says[a * classes + label]!
      for (let truth = 0; truth < classes; truth++) {
        logs[(a * classes + truth) * classes + label] = Math.log(guess + (truth === label ? knows[a]! : 0))
      }
    }
  }
  return logs
}

function logDensity(
  { knowing, spamming, strategy, knows, spams, says }: Parameters,
  classes: number,
  priors: Priors,
  { ofOne, ofAll }: Method,
): number {
  let sum = 0
  const spam = rowSums(strategy, classes)
  for (let a = 0; a < knows.length; a++) {
    sum +=
      ofOne(knowing[a]!, knows[a]!, priors.competence) + ofOne(spamming[a]!, spams[a]!, priors.competence)
    sum += ofAll(knowing[a]! + spamming[a]!, 2, priors.competence) + ofAll(spam[a]!, classes, priors.strategy)
  }
  for (let at = 0; at < says.length; at++) sum += ofOne(strategy[at]!, says[at]!, priors.strategy)
  return sum
}

function modelOf(classes: number, options: FitMaceOptions): LabelModel<Parameters> {
  const method = choose('method', options.method ?? 'variational', methods)
  const priors = priorsOf(classes, options)
  return {
    update: updateOf(classes, priors, method),
    logEmissions: (parameters) => logEmissions(parameters, classes),
    logPrior: () => new Float64Array(classes).fill(-Math.log(classes)),
    logDensity: (parameters) => logDensity(parameters, classes, priors, method),
  }
}

function reported({ knowing, spamming, strategy }: Parameters, classes: number) {
  const competence = knowing.map((known, a) => known / (known + spamming[a]!))
  const spam = rowSums(strategy, classes)
  return { competence, strategy: strategy.map((said, at) => said / spam[Math.floor(at / classes)]!) }
}

/**
 * True labels, and how far each annotator is to be trusted, by the model of MACE: with probability θ (the competence)
 * an annotator gives the true label, and else spams, with a label drawn from a distribution ξ of the annotator's own.
 * All true labels are equally likely beforehand. The fit begins at each item's shares of votes and θ = ½; MACE itself
 * begins at random and keeps the best of several. Nothing is drawn, and the objective (log-likelihood with smoothing,
 * or variational bound) never falls.
 *
 * Competence is not accuracy: spam is right by chance too, so accuracy is θ + (1 − θ)ξ at the true label. Identified
 * where items have three votes or more and most annotators are better than spam. Standard errors are by the bootstrap
 * over items; of competence, never less than the standard deviation of its Beta posterior.
 *
 * Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy (NAACL 2013). Proven against crowd-kit 1.4.2 (`MACE`).
 *
 * @throws NoiseError `TOO_FEW` for no votes; `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function fitMace(votes: Votes, options: FitMaceOptions = {}): Mace {
  const names = { method: true, competencePrior: true, strategyPrior: true, smoothing: true } as const
  const more = { classes: true, tolerance: true, maxIterations: true, bootstrap: true } as const
  checkNames('fitMace', options, { ...names, ...more })
  const effort = checkedEffort(options)
  const table = voteTable(votes, options.classes === undefined ? {} : { classes: options.classes })
  const classes = table.classes.length
  const model = modelOf(classes, options)
  const { parameters, ...fitted } = expectationMaximisation(table, model, effort)
  const { competence: prior } = priorsOf(classes, options)
  const size = table.annotators.length
  const refit = (beginning: Beginning) => expectationMaximisation(table, model, effort, beginning).parameters
  const errors = (bootstrap: BootstrapOptions) => {
    const flat = bootstrapErrors(table.items.length, bootstrap, (weights) => {
      const { competence, strategy } = reported(refit({ posteriors: fitted.posteriors, weights }), classes)
      return Float64Array.from([...competence, ...strategy])
    })
    const own = parameters.knowing.map((known, a) =>
      posteriorSpread({
        right: known - prior,
        wrong: parameters.spamming[a]! - prior,
        priorRight: prior,
        priorWrong: prior,
      }),
    )
    return { competence: largerOf(flat.slice(0, size), own), strategy: flat.slice(size) }
  }
  return {
    items: table.items,
    annotators: table.annotators,
    classes: table.classes,
    ...fitted,
    labels: likeliest(table, fitted.posteriors),
    ...reported(parameters, classes),
    knowing: parameters.knowing.map((known) => known - prior),
    ...(options.bootstrap && { standardErrors: errors(options.bootstrap) }),
  }
}
