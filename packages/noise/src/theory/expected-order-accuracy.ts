import { normalCdf } from '@prefkit/expressions'
import type { Numbers } from '../annotators/comparisons'
import type { Pairs } from '../annotators/comparisons-of'
import type { ExpectedChoices } from '../annotators/expected-choices'
import { checkArray, checkColumns, checkFinite, checkIntegers, checkSameLength } from '../check-numbers'
import { checkInteger, checkNames, checkPositive, checkRange } from '../check-options'
import { NoiseError } from '../noise-error'
import {
  curvatureAt,
  fitExpected,
  project,
  quadratic,
  type SparseRow,
  sandwich,
  weightedGram,
} from './labelled-fit'

/** Rewards to be learned from labels. */
export interface LabelledRewards {
  /**
   * Features of each response, `[R, K]`, of which the reward is a linear function; or the number R of responses, where each
   * has a reward of its own.
   */
  readonly responses: readonly Numbers[] | number
  /** Which responses are compared and labelled, `[N]`. */
  readonly pairs: Pairs
  /** What annotators are expected to answer, `[N]`, as `expectedChoices` gives. */
  readonly choices: ExpectedChoices
  /** Pairs whose order is to be found, `[M]`, at least one: the first is truly the better one. */
  readonly tests: Pairs
}

/** Options of {@link expectedOrderAccuracy}. */
export interface ExpectedOrderAccuracyOptions {
  /** α > 0 of the fit: each parameter has a Gaussian prior of variance 1/(2α), as in `fitBradleyTerry`. */
  alpha: number
  /** How often each pair is labelled, above 0, fractions included. Default: 1. */
  repeats?: number
}

/** Options of {@link repeatsForOrderAccuracy}. */
export interface RepeatsForOrderAccuracyOptions {
  /** α > 0 of the fit: each parameter has a Gaussian prior of variance 1/(2α). */
  alpha: number
  /** Order accuracy to reach, in (0, 1). */
  target: number
}

function checkPairs(name: string, pairs: Pairs, count: number): void {
  checkNames(name, pairs, { first: true, second: true })
  const { first, second } = pairs
  checkIntegers(`${name}.first`, first, 0, count)
  checkIntegers(`${name}.second`, second, 0, count)
  checkSameLength({ [`${name}.first`]: first, [`${name}.second`]: second })
}

function checkResponses(responses: readonly Numbers[] | number): number {
  if (typeof responses === 'number') {
    checkInteger('responses', responses, 1)
    return responses
  }
  checkArray('responses', responses, 'a number, or rows of features')
  for (let i = 0; i < responses.length; i++) {
    checkFinite(`responses[${i}]`, responses[i]!)
    checkSameLength({ 'responses[0]': responses[0], [`responses[${i}]`]: responses[i] })
  }
  return responses.length
}

function checkChoices({ pairs, choices }: LabelledRewards): void {
  checkNames('choices', choices, { first: true, second: true, tie: true })
  const { first, second, tie } = choices
  checkColumns(
    { 'choices.first': first, 'choices.second': second, 'choices.tie': tie },
    'an array of probabilities',
  )
  checkSameLength({
    'pairs.first': pairs.first,
    'choices.first': first,
    'choices.second': second,
    'choices.tie': tie,
  })
  for (let i = 0; i < first.length; i++) {
    for (const [name, values] of Object.entries({ first, second, tie }))
      checkRange(`choices.${name}[${i}]`, values[i]!, 0, 1)
  }
}

function checkInput(input: LabelledRewards): void {
  checkNames('input', input, { responses: true, pairs: true, choices: true, tests: true })
  const count = checkResponses(input.responses)
  checkPairs('pairs', input.pairs, count)
  checkChoices(input)
  checkPairs('tests', input.tests, count)
  if (input.tests.first.length > 0) return
  throw new NoiseError('TOO_FEW', 'tests', 'tests has no pairs; expected at least one')
}

/** The first response less the second. */
function rowsOf(responses: readonly Numbers[] | number, { first, second }: Pairs): SparseRow[] {
  return Array.from(first, (a, i): SparseRow => {
    const b = second[i]!
    if (typeof responses === 'number')
      return a === b ? { places: [], values: [] } : { places: [a, b], values: [1, -1] }
    const other = responses[b]!
    const differences = Array.from(responses[a]!, (value, k) => value - other[k]!)
    const places = [...differences.keys()].filter((k) => differences[k] !== 0)
    return { places, values: places.map((k) => differences[k]!) }
  })
}

/** What does not depend on how often pairs are labelled. */
function prepared({ responses, pairs, choices, tests }: LabelledRewards) {
  const shares = Float64Array.from(choices.first, (first, i) => first + choices.tie[i]! / 2)
  return {
    size: typeof responses === 'number' ? responses : (responses[0]?.length ?? 0),
    rows: rowsOf(responses, pairs),
    shares,
    variances: Float64Array.from(choices.first, (first, i) =>
      Math.max(0, first + choices.tie[i]! / 4 - shares[i]! ** 2),
    ),
    tests: rowsOf(responses, tests),
  }
}

function accuracyOf(
  { size, rows, shares, variances, tests }: ReturnType<typeof prepared>,
  alpha: number,
  repeats: number,
): number {
  const labels = { rows, shares, weight: repeats, precision: 2 * alpha, size }
  const theta = fitExpected(labels)
  const noise = weightedGram(
    rows,
    variances.map((variance) => repeats * variance),
    size,
  )
  const covariance = sandwich(curvatureAt(labels, theta), noise, size)
  const right = tests.map((row) => {
    const margin = project(row, theta)
    const deviation = Math.sqrt(Math.max(0, quadratic(row, covariance, size)))
    return deviation > 0 ? normalCdf(margin / deviation) : (1 + Math.sign(margin)) / 2
  })
  return right.reduce((sum, p) => sum + p, 0) / right.length
}

/**
 * The order accuracy to be expected of Bradley–Terry rewards fitted to labels of these pairs: the share of test pairs that they
 * put in the right order, by the asymptotic normality of the estimate.
 *
 * The fit to expected answers, θ° = argmin Σ (log(1 + e^xᵀθ) − s·xᵀθ) + α‖θ‖², gives a test pair δ the margin δᵀθ°; the
 * error there is normal with variance v = δᵀA⁻¹JA⁻¹δ, A = Σ σ′(xᵀθ°)xxᵀ + 2αI, J = Σ Var(answer) xxᵀ; the pair is ordered rightly
 * with probability Φ(δᵀθ°/√v). s is P(first) + P(tie)/2, a tie counting as half of each answer. A ≠ J unless annotators
 * are Bradley–Terry and nothing is penalised, hence the sandwich.
 *
 * Answers are independent given the pairs. Exact as labels become many, for pairs that were chosen without looking at labels;
 * where a design went by labels, its pairs are taken as given, and nothing is promised. With few labels, of which nearly none
 * is wrong, right and wrong can be separated: the prior then decides, and errors are far from normal.
 *
 * Source: Huber 1967, the estimate under a misspecified model. Proven against its equation, and the spread of simulated
 * fits.
 *
 * @returns a share from 0 to 1.
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`; `TOO_FEW` without test pairs.
 */
export function expectedOrderAccuracy(input: LabelledRewards, options: ExpectedOrderAccuracyOptions): number {
  checkNames('expectedOrderAccuracy', options, { alpha: true, repeats: true })
  const { alpha, repeats = 1 } = options
  checkPositive('alpha', alpha)
  checkPositive('repeats', repeats)
  checkInput(input)
  return accuracyOf(prepared(input), alpha, repeats)
}

/** Most often that a pair is labelled. */
const most = 2 ** 20

const bisections = 30

/**
 * How often each of these pairs has to be labelled for an order accuracy: the inverse of {@link expectedOrderAccuracy}, by
 * bisection over the logarithm. More labels of the same pairs tell nothing of responses that are not in them.
 *
 * Source: Huber 1967, the estimate under a misspecified model. Proven against its equation.
 *
 * @returns times, fractions included, or `null` where even 2²⁰ times do not reach the target: these pairs do not give it.
 * @throws NoiseError as `expectedOrderAccuracy`.
 */
export function repeatsForOrderAccuracy(
  input: LabelledRewards,
  options: RepeatsForOrderAccuracyOptions,
): number | null {
  checkNames('repeatsForOrderAccuracy', options, { alpha: true, target: true })
  const { alpha, target } = options
  checkPositive('alpha', alpha)
  checkRange('target', target, 0, 1)
  checkInput(input)
  const ready = prepared(input)
  const reaches = (exponent: number) => accuracyOf(ready, alpha, 2 ** exponent) >= target
  let [low, high] = [-Math.log2(most), Math.log2(most)]
  if (!reaches(high)) return null
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2
    if (reaches(middle)) high = middle
    else low = middle
  }
  return 2 ** high
}
