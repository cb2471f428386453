import { checkFunction, checkNames, checkRange } from '../check-options'
import { monotoneRoot } from '../mathematics/monotone-root'
import { NoiseError } from '../noise-error'
import { annotationErrorRate } from './annotation-error-rate'
import type { Annotator } from './annotator'
import { type Comparisons, checkedComparisons, type Numbers } from './comparisons'
import { logisticAnnotator } from './logistic-annotator'
import { withRandomFlips } from './with-random-flips'

/** A parameter that gives an annotation error rate, and the annotator that has it. */
export interface CalibratedAnnotator {
  /** The parameter found. */
  readonly parameter: number
  /** The annotator with it. */
  readonly annotator: Annotator
  /** The error rate that the annotator has on the comparisons. */
  readonly errorRate: number
}

/** Options of {@link calibrateAnnotator}. */
export interface CalibrateOptions {
  /** Annotation error rate wished for, in [0, 1]. */
  errorRate: number
  /** Smallest parameter to consider. */
  low: number
  /** Largest parameter to consider. */
  high: number
}

function unreachable(errorRate: number, what: string, range: string): NoiseError {
  const message = `errorRate is ${errorRate}; on these comparisons ${what} gives ${range}`
  return new NoiseError('UNREACHABLE', 'errorRate', message)
}

/**
 * The parameter of a family of annotators with which the expected annotation error rate on these comparisons is the one
 * wished for. The rate must rise or fall with the parameter throughout.
 *
 * Source: Chandrupatla 1997, for the root. Proven against its definition, by `annotationErrorRate`.
 *
 * @param family an annotator for each parameter, such as `(beta) => qualityAnnotator(expressionQuality(…))`.
 * @throws NoiseError `UNREACHABLE`, with the range that can be had between `low` and `high`; `OUT_OF_RANGE`,
 *   `INVALID_OPTION`, and as `annotationErrorRate`.
 */
export function calibrateAnnotator(
  comparisons: Comparisons | Numbers,
  family: (parameter: number) => Annotator,
  options: CalibrateOptions,
): CalibratedAnnotator {
  checkNames('calibrateAnnotator', options, { errorRate: true, low: true, high: true })
  const { errorRate, low, high } = options
  checkFunction('family', family, 'a function from the parameter to an annotator')
  checkRange('errorRate', errorRate, 0, 1)
  checkRange('low', low, Number.NEGATIVE_INFINITY)
  checkRange('high', high, low)
  const rate = (parameter: number) => annotationErrorRate(comparisons, family(parameter))
  const [rateLow, rateHigh] = [rate(low), rate(high)]
  if (errorRate < Math.min(rateLow, rateHigh) || errorRate > Math.max(rateLow, rateHigh)) {
    const range = `${Math.min(rateLow, rateHigh)} to ${Math.max(rateLow, rateHigh)}`
    throw unreachable(errorRate, `a parameter from ${low} to ${high}`, range)
  }
  const excess = (parameter: number) => rate(parameter) - errorRate
  const bracket = { low, high, atLow: rateLow - errorRate, atHigh: rateHigh - errorRate }
  const parameter = monotoneRoot(excess, bracket)
  return { parameter, annotator: family(parameter), errorRate: rate(parameter) }
}

/** Options of {@link calibrateBeta}. */
export interface CalibrateBetaOptions {
  /** Annotation error rate wished for: at most ½, and above half the share of pairs that are equal. */
  errorRate: number
  /** The annotator for each β, whose error rate falls from ½ at 0. Default: `logisticAnnotator`. */
  family?: (beta: number) => Annotator
}

/** β at most this many times the one that makes a typical difference clear: beyond it, nothing changes. */
const LARGEST = 2 ** 60

/**
 * The annotation quality β with which annotators err as often as wished on these comparisons: the root of
 * mean σ(−β|Δr|) = errorRate, for `logisticAnnotator`.
 *
 * Source: 2411.04991, which studies error rates from 5 % to 38 %. Proven against its equation.
 *
 * @param comparisons `[N]`; differences Δr alone will do.
 * @throws NoiseError `UNREACHABLE`, with the range that can be had; `OUT_OF_RANGE`, `INVALID_OPTION`, and as
 *   `annotationErrorRate`.
 */
export function calibrateBeta(
  comparisons: Comparisons | Numbers,
  options: CalibrateBetaOptions,
): CalibratedAnnotator {
  checkNames('calibrateBeta', options, { errorRate: true, family: true })
  const { errorRate, family = (beta: number) => logisticAnnotator({ beta }) } = options
  checkRange('errorRate', errorRate, 0, 1)
  checkFunction('family', family, 'a function from β to an annotator')
  const rate = (beta: number) => annotationErrorRate(comparisons, family(beta))
  const size = meanSize(checkedComparisons(comparisons).deltas)
  const [most, least] = [rate(0), rate(LARGEST / size)]
  if (errorRate > most || errorRate < least) {
    throw unreachable(errorRate, 'some β', `rates from ${least} to ${most}`)
  }
  let high = 1 / size
  while (high < LARGEST / size && rate(high) > errorRate) high *= 4
  return calibrateAnnotator(comparisons, family, { errorRate, low: 0, high })
}

/** Mean |Δr|, or 1 where all are 0. */
function meanSize(deltas: Numbers): number {
  let sum = 0
  for (let i = 0; i < deltas.length; i++) sum += Math.abs(deltas[i]!) / deltas.length
  return sum || 1
}

/** Options of {@link calibrateFlipRate}. */
export interface CalibrateFlipRateOptions {
  /** Annotation error rate wished for. */
  errorRate: number
}

/**
 * The rate ε of random flips with which an annotator errs as often as wished on these comparisons. An annotator who errs at
 * rate q errs at (1 − ε)q + ε(1 − q) after flips, so ε = (errorRate − q)/(1 − 2q).
 *
 * Source: its equation. Proven against its equation.
 *
 * @param annotator who is to be made worse, such as `perfectAnnotator()`.
 * @throws NoiseError `UNREACHABLE`, with the range that can be had; `OUT_OF_RANGE`, `INVALID_OPTION`, and as
 *   `annotationErrorRate`.
 */
export function calibrateFlipRate(
  comparisons: Comparisons | Numbers,
  annotator: Annotator,
  options: CalibrateFlipRateOptions,
): CalibratedAnnotator {
  checkNames('calibrateFlipRate', options, { errorRate: true })
  const { errorRate } = options
  checkRange('errorRate', errorRate, 0, 1)
  const before = annotationErrorRate(comparisons, annotator)
  const rate = before === 0.5 && errorRate === 0.5 ? 0 : (errorRate - before) / (1 - 2 * before)
  if (!(rate >= 0 && rate <= 1)) {
    const [least, most] = [Math.min(before, 1 - before), Math.max(before, 1 - before)]
    throw unreachable(errorRate, 'flipping answers of this annotator', `rates from ${least} to ${most}`)
  }
  const flipped = withRandomFlips({ rate })(annotator)
  return { parameter: rate, annotator: flipped, errorRate: annotationErrorRate(comparisons, flipped) }
}
