import { checkNames, checkRange, choose } from '../check-options'
import type { Name } from '../names'
import { type BootstrapOptions, bootstrapErrors } from './bootstrap'
import {
  type Beginning,
  type Convergence,
  checkedEffort,
  type EffortOptions,
  type Expected,
  expectationMaximisation,
  type LabelModel,
  likeliest,
} from './expectation-maximisation'
import { type DoubtfulVotes, doubtfulVotes, largerOf, posteriorSpread } from './posterior-spread'
import { type ClassesOption, type Votes, type VoteTable, voteTable } from './votes'

/** Options of {@link fitDawidSkene}. */
export interface FitDawidSkeneOptions extends ClassesOption, EffortOptions {
  /**
   * What an annotator's errors are: `confusion`, each true label with probabilities of its own for each label given; or
   * `one-coin`, one accuracy whatever the true label, and errors spread evenly. Default: `confusion`.
   */
  errors?: 'confusion' | 'one-coin'
  /** Pseudo-votes of every annotator that are right, for each true label (one-coin: in all), ≥ 0. Default: 0. */
  priorRight?: number
  /** Pseudo-votes that are wrong, for each true label and label given (one-coin: in all), ≥ 0. Default: 0. */
  priorWrong?: number
  /** How frequent true labels are: `estimated`, or all alike, `uniform`. Default: `estimated`. */
  classPrior?: 'estimated' | 'uniform'
  /** Standard errors, with the bootstrap over items; `{}` takes its defaults. Default: none. */
  bootstrap?: BootstrapOptions
}

/** What {@link fitDawidSkene} estimates by parameter. */
export interface DawidSkeneParameters {
  /** `[classes]` How frequent true labels are. */
  readonly prior: Float64Array
  /**
   * `[annotators, classes, classes]` P(label given | true label), a row for each true label. NaN in rows of a true
   * label that none of the annotator's items can have.
   */
  readonly confusion: Float64Array
  /**
   * `[annotators]` The probability that the annotator is right on an item drawn at random: Σ prior_k · confusion_kk;
   * NaN where a row is.
   */
  readonly accuracy: Float64Array
}

/** Annotators and true labels, as estimated. */
export interface DawidSkene extends DawidSkeneParameters, Convergence {
  /** Items, in the order they came. */
  readonly items: readonly Name[]
  /** Annotators, in the order they came. */
  readonly annotators: readonly Name[]
  /** Labels, in the order of rows and columns. */
  readonly classes: readonly Name[]
  /** `[items, classes]` P(true label | votes). */
  readonly posteriors: Float64Array
  /** `[items]` The likeliest label of each. */
  readonly labels: readonly Name[]
  /** Standard errors, where a bootstrap was asked for. */
  readonly standardErrors?: DawidSkeneParameters
}

interface Prior {
  readonly right: number
  readonly wrong: number
}

interface Parameters {
  readonly prior: Float64Array
  readonly confusion: Float64Array
}

type Confusion = (votes: Float64Array, classes: number, prior: Prior) => Float64Array

/** Each row of an annotator's matrix on its own. */
const freeConfusion: Confusion = (votes, classes, { right, wrong }) => {
  const confusion = new Float64Array(votes.length)
  for (let row = 0; row < votes.length; row += classes) {
    const truth = (row / classes) % classes
    let sum = right + (classes - 1) * wrong
    for (let k = 0; k < classes; k++) sum += votes[row + k]!
    for (let k = 0; k < classes; k++)
      confusion[row + k] = (votes[row + k]! + (k === truth ? right : wrong)) / sum
  }
  return confusion
}

/** One accuracy on the diagonal; what is left is spread evenly. */
const oneCoin: Confusion = (votes, classes, { right, wrong }) => {
  const confusion = new Float64Array(votes.length)
  const size = classes * classes
  for (let from = 0; from < votes.length; from += size) {
    let [agreed, all] = [right, right + wrong]
    for (let cell = 0; cell < size; cell++) {
      all += votes[from + cell]!
      if (cell % (classes + 1) === 0) agreed += votes[from + cell]!
    }
    const accuracy = agreed / all
    const error = classes === 1 ? 0 : (1 - accuracy) / (classes - 1)
    for (let cell = 0; cell < size; cell++)
      confusion[from + cell] = cell % (classes + 1) === 0 ? accuracy : error
  }
  return confusion
}

/** 0·log 0 is 0: a label that is impossible, of which there are no pseudo-votes either, adds nothing. */
const weighted = (weight: number, p: number): number => (weight === 0 ? 0 : weight * Math.log(p))

function freeDensity(confusion: Float64Array, classes: number, { right, wrong }: Prior): number {
  let sum = 0
  confusion.forEach((p, cell) => {
    const diagonal = Math.floor(cell / classes) % classes === cell % classes
    sum += weighted(diagonal ? right : wrong, p)
  })
  return sum
}

function oneCoinDensity(confusion: Float64Array, classes: number, { right, wrong }: Prior): number {
  let sum = 0
  for (let from = 0; from < confusion.length; from += classes * classes) {
    sum += weighted(right, confusion[from]!) + weighted(wrong, 1 - confusion[from]!)
  }
  return sum
}

const classPriors: Readonly<Record<'estimated' | 'uniform', (items: Float64Array) => Float64Array>> = {
  estimated: (items) => {
    const sum = items.reduce((total, count) => total + count, 0)
    return items.map((count) => count / sum)
  },
  uniform: (items) => items.map(() => 1 / items.length),
}

/** Rows that no item bears on would be 0/0; their emissions meet posteriors of 0, and must not turn them into NaN. */
const logOf = (p: number): number => (p > 0 ? Math.log(p) : Number.NEGATIVE_INFINITY)

function modelOf(
  classes: number,
  { errors = 'confusion', classPrior = 'estimated', priorRight = 0, priorWrong = 0 }: FitDawidSkeneOptions,
): LabelModel<Parameters> {
  const shape = choose('errors', errors, shapes)
  const priorOf = choose('classPrior', classPrior, classPriors)
  const prior = { right: priorRight, wrong: priorWrong }
  return {
    update: ({ votes, items }: Expected) => ({
      prior: priorOf(items),
      confusion: shape.update(votes, classes, prior),
    }),
    logEmissions: ({ confusion }) => confusion.map(logOf),
    logPrior: (parameters) => parameters.prior.map(logOf),
    logDensity: ({ confusion }) => shape.density(confusion, classes, prior),
  }
}

function accuracyOf({ prior, confusion }: Parameters): Float64Array {
  const classes = prior.length
  const accuracy = new Float64Array(confusion.length / (classes * classes))
  for (let a = 0; a < accuracy.length; a++) {
    for (let k = 0; k < classes; k++) {
      const right = confusion[(a * classes + k) * classes + k]!
      // A label that never is the true one takes nothing, whatever is or is not known of it.
      if (prior[k]! > 0) accuracy[a]! += prior[k]! * right
    }
  }
  return accuracy
}

const allOf = (parameters: Parameters): DawidSkeneParameters => ({
  ...parameters,
  accuracy: accuracyOf(parameters),
})

/** Standard deviations of one annotator's matrix, whose votes begin at `from`, and of the accuracy. */
type Spread = (votes: DoubtfulVotes, from: number, labels: Float64Array, prior: Prior) => Deviations

interface Deviations {
  readonly confusion: ArrayLike<number>
  readonly accuracy: number
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

/** Each cell is a share of its row; rows are taken as independent. */
const freeSpread: Spread = ({ votes, doubts }, from, labels, { right, wrong }) => {
  const classes = labels.length
  const confusion = new Float64Array(classes * classes)
  let variance = 0
  for (let cell = 0; cell < confusion.length; cell++) {
    const row = from + cell - (cell % classes)
    const isRight = cell % (classes + 1) === 0
    const [own, doubt] = [votes[from + cell]!, doubts[from + cell]!]
    const others = sumOf(doubts.subarray(row, row + classes)) - doubt
    const priorRight = isRight ? right : wrong
    confusion[cell] = posteriorSpread({
      right: own,
      wrong: sumOf(votes.subarray(row, row + classes)) - own,
      priorRight,
      priorWrong: right + (classes - 1) * wrong - priorRight,
      doubt: (mean) => doubt * (1 - mean) ** 2 + others * mean ** 2,
    })
    const share = labels[Math.floor(cell / classes)]!
    if (isRight && share > 0) variance += (share * confusion[cell]!) ** 2
  }
  return { confusion, accuracy: Math.sqrt(variance) }
}

/** The diagonal is a share of all votes; what is left is spread evenly. */
const oneCoinSpread: Spread = ({ votes, doubts }, from, labels, { right, wrong }) => {
  const classes = labels.length
  const size = classes * classes
  const diagonal = (values: Float64Array) =>
    sumOf(values.subarray(from, from + size).filter((_, cell) => cell % (classes + 1) === 0))
  const agreed = diagonal(votes)
  const accuracy = posteriorSpread({
    right: agreed,
    wrong: sumOf(votes.subarray(from, from + size)) - agreed,
    priorRight: right,
    priorWrong: wrong,
    // What is not right is wrong, so that the number of votes that count is known.
    doubt: () => diagonal(doubts),
  })
  const error = accuracy / Math.max(1, classes - 1)
  const cells = Array.from({ length: size }, (_, cell) => (cell % (classes + 1) === 0 ? accuracy : error))
  return { confusion: cells, accuracy }
}

const shapes = {
  confusion: { update: freeConfusion, density: freeDensity, spread: freeSpread },
  'one-coin': { update: oneCoin, density: oneCoinDensity, spread: oneCoinSpread },
} as const

function posteriorErrors(votes: DoubtfulVotes, labels: Float64Array, prior: Prior, spread: Spread) {
  const size = labels.length ** 2
  const confusion = new Float64Array(votes.votes.length)
  const accuracy = new Float64Array(votes.votes.length / size)
  accuracy.forEach((_, a) => {
    const own = spread(votes, a * size, labels, prior)
    confusion.set(own.confusion, a * size)
    accuracy[a] = own.accuracy
  })
  return { confusion, accuracy }
}

function errorsOf(
  table: VoteTable,
  refit: (beginning: Beginning) => Parameters,
  begun: { posteriors: Float64Array; labels: Float64Array },
  options: FitDawidSkeneOptions,
): DawidSkeneParameters {
  const { errors = 'confusion', priorRight: right = 0, priorWrong: wrong = 0, bootstrap = {} } = options
  const { posteriors, labels } = begun
  const classes = table.classes.length
  const size = table.annotators.length * classes * classes
  const flat = bootstrapErrors(table.items.length, bootstrap, (weights) => {
    const { prior, confusion, accuracy } = allOf(refit({ posteriors, weights }))
    return Float64Array.from([...prior, ...confusion, ...accuracy])
  })
  const votes = doubtfulVotes(table, posteriors)
  const own = posteriorErrors(votes, labels, { right, wrong }, shapes[errors].spread)
  return {
    prior: flat.slice(0, classes),
    confusion: largerOf(flat.slice(classes, classes + size), own.confusion),
    accuracy: largerOf(flat.slice(classes + size), own.accuracy),
  }
}

/**
 * True labels, and how each annotator confuses them, from votes alone: maximum likelihood under independence of votes
 * given the true label, by EM from each item's shares of votes. Nothing is drawn, and the objective never falls.
 *
 * Identified up to renaming true labels; beginning at the votes takes the naming under which annotators mostly are
 * right. With two annotators or two votes an item it is not identified but for the priors. Few votes an annotator:
 * give pseudo-votes (`priorRight`, `priorWrong`) or `errors: 'one-coin'`, lest rows of the matrices are made of single
 * votes.
 *
 * Standard errors are by the bootstrap over items, each resample fitted from the posteriors of the whole; of what an
 * annotator confuses and the accuracy, never less than the standard deviation of its Beta posterior, with at least half
 * a pseudo-vote either way, and of what true labels not being known adds. The bootstrap alone would have who voted once
 * as certain as the prior.
 *
 * Source: Dawid and Skene (1979); one-coin: Zhang, Chen, Zhou and Jordan (JMLR 17, 2016). Proven against crowd-kit
 * 1.4.2 (`DawidSkene`).
 *
 * @throws NoiseError `TOO_FEW` for no votes; `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function fitDawidSkene(votes: Votes, options: FitDawidSkeneOptions = {}): DawidSkene {
  const names = {
    errors: true,
    priorRight: true,
    priorWrong: true,
    classPrior: true,
    bootstrap: true,
  } as const
  checkNames('fitDawidSkene', options, { ...names, classes: true, tolerance: true, maxIterations: true })
  const { classes, bootstrap, priorRight = 0, priorWrong = 0 } = options
  checkRange('priorRight', priorRight, 0)
  checkRange('priorWrong', priorWrong, 0)
  const effort = checkedEffort(options)
  const table = voteTable(votes, classes === undefined ? {} : { classes })
  const model = modelOf(table.classes.length, options)
  const { parameters, ...fitted } = expectationMaximisation(table, model, effort)
  const begun = { posteriors: fitted.posteriors, labels: parameters.prior }
  const refit = (beginning: Beginning) => expectationMaximisation(table, model, effort, beginning).parameters
  return {
    items: table.items,
    annotators: table.annotators,
    classes: table.classes,
    ...allOf(parameters),
    ...fitted,
    labels: likeliest(table, fitted.posteriors),
    ...(bootstrap && { standardErrors: errorsOf(table, refit, begun, options) }),
  }
}
