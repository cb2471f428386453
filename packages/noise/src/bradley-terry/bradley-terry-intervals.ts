import { checkNames, formatValue } from '../check-options'
import { normalQuantile } from '../mathematics/normal-quantile'
import { NoiseError } from '../noise-error'
import { type BradleyTerryFit, coefficientPlaces } from './fit-bradley-terry'
import type { Player } from './paired-comparisons'
import { type Uncertainty, type UncertaintyOptions, uncertaintyNames, uncertaintyOf } from './uncertainty'

/** Options of {@link bradleyTerryIntervals}. */
export interface BradleyTerryIntervalOptions extends UncertaintyOptions {
  /** Coverage of each interval by itself, between 0 and 1. Default: 0.95. */
  confidence?: number
}

/** One number with its interval. */
export interface IntervalEstimate {
  readonly estimate: number
  readonly standardError: number
  readonly low: number
  readonly high: number
}

/** Intervals of everything that a fit estimates. */
export interface BradleyTerryIntervals {
  readonly players: readonly Player[]
  /** Of each strength. */
  readonly standardErrors: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
  /** Of strengths, `[players, players]`, row after row. */
  readonly covariance: Float64Array
  readonly orderEffect?: IntervalEstimate
  readonly coefficients: Readonly<Record<string, IntervalEstimate>>
  readonly tieParameter?: IntervalEstimate
  readonly confidence: number
  /** Resamples without a finite estimate, which the intervals leave out. */
  readonly failures: number
}

/** Throws `OUT_OF_RANGE` unless between 0 and 1. */
export function checkConfidence(confidence: number): void {
  if (confidence > 0 && confidence < 1) return
  const message = `confidence is ${formatValue(confidence)}; expected a number between 0 and 1`
  throw new NoiseError('OUT_OF_RANGE', 'confidence', message)
}

/** Linear interpolation between order statistics. */
export function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!)
}

interface Limits {
  readonly low: number
  readonly high: number
}

/** Percentiles of resampled values, or estimate ± z·standard error. */
function limits(
  { estimate, variance }: { estimate: number; variance: number },
  values: readonly number[] | undefined,
  confidence: number,
): Limits {
  const tail = (1 - confidence) / 2
  if (values !== undefined) {
    const sorted = Float64Array.from(values).sort()
    return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
  }
  const reach = -normalQuantile(tail) * Math.sqrt(variance)
  return { low: estimate - reach, high: estimate + reach }
}

/** The interval of the parameter at a place of the vector. */
function parameterInterval(
  fit: BradleyTerryFit,
  uncertainty: Uncertainty,
  place: number,
  confidence: number,
) {
  const estimate = fit.model.parameters[place]!
  const variance = uncertainty.variances[place]!
  const values = uncertainty.samples?.parameters.map((parameters) => parameters[place]!)
  return {
    estimate,
    standardError: Math.sqrt(variance),
    ...limits({ estimate, variance }, values, confidence),
  }
}

/** On the scale that the tie parameter is reported on: ends move with it, the standard error by the delta method. */
function tieInterval({ model }: BradleyTerryFit, { estimate, standardError, low, high }: IntervalEstimate) {
  const { report, reportSlope } = model.problem.outcomes
  return {
    estimate: report(estimate),
    standardError: reportSlope(estimate) * standardError,
    low: report(low),
    high: report(high),
  }
}

/**
 * Standard errors and intervals of a fit. `wald` is θ̂ ± z·√(H⁻¹)ᵢᵢ with the observed information H, a prior's curvature
 * included. `sandwich` is H⁻¹ (Σ s sᵀ) H⁻¹ · G/(G − 1), s being the gradient of each of the G comparisons or clusters.
 * `bootstrap` takes percentiles of estimates from resampled comparisons (Poisson numbers around the counts of each pair);
 * resamples that leave players unlinked are left out and counted, and many of them mean that intervals are too narrow: give
 * `alpha`. Strengths are relative to their mean or to the reference, and so are their errors.
 *
 * Source: White 1982 and Liang and Zeger 1986 (sandwich); Efron and Tibshirani 1993, chapter 13 (percentiles);
 * Hanley and MacGibbon 2006 (Poisson numbers). Proven against statsmodels 0.15.0 (`Logit`, `OrderedModel`, `GLM`), and by
 * coverage in simulation.
 *
 * @throws NoiseError `TOO_FEW` for fewer than two clusters, or than two resamples with an estimate; `SHAPE_MISMATCH`,
 *   `OUT_OF_RANGE`, `INVALID_OPTION`, `NOT_IDENTIFIED`.
 */
export function bradleyTerryIntervals(
  fit: BradleyTerryFit,
  options: BradleyTerryIntervalOptions = {},
): BradleyTerryIntervals {
  checkNames('bradleyTerryIntervals', options, { ...uncertaintyNames, confidence: true })
  const { confidence = 0.95, ...how } = options
  checkConfidence(confidence)
  const uncertainty = uncertaintyOf(fit, how)
  const { players, strengths, model } = fit
  const variances = strengths.map((_, i) => uncertainty.strengths[i * strengths.length + i]!)
  const ends = Array.from(strengths, (estimate, i) =>
    limits(
      { estimate, variance: variances[i]! },
      uncertainty.samples?.strengths.map((sample) => sample[i]!),
      confidence,
    ),
  )
  const at = (place: number): IntervalEstimate => parameterInterval(fit, uncertainty, place, confidence)
  const { problem, orderEffect, coefficientNames } = model
  const places = coefficientPlaces(problem, orderEffect)
  return {
    players,
    standardErrors: variances.map(Math.sqrt),
    low: Float64Array.from(ends, ({ low }) => low),
    high: Float64Array.from(ends, ({ high }) => high),
    covariance: uncertainty.strengths,
    ...(orderEffect && { orderEffect: at(problem.leading) }),
    coefficients: Object.fromEntries(coefficientNames.map((name, k) => [name, at(places[k]!)])),
    ...(problem.outcomes.estimatesTies && { tieParameter: tieInterval(fit, at(problem.size - 1)) }),
    confidence,
    failures: uncertainty.failures,
  }
}
