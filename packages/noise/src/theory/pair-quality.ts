import { normalCdf, sigmoid } from '@prefkit/expressions'
import { checkQualityFunction } from '../annotators/check-quality-function'
import type { BetaOptions } from '../annotators/logistic-annotator'
import { checkQuality, type QualityFunction } from '../annotators/quality-annotator'
import { checkArray } from '../check-numbers'
import { checkNames, checkPositive, checkRange, choose } from '../check-options'
import { monotoneRoot } from '../mathematics/monotone-root'
import { derivative } from './derivative'
import { absoluteDifferenceDensity, expectationOfDifference } from './difference'
import { checkDistribution, type UtilityDistribution, utilityDistribution } from './utility-distribution'

/**
 * Annotation quality E ξ(|r_a − r_b|): the probability that the label of such a pair is correct. With one
 * distribution it is Q_pair(x), both responses being of one prompt; with two, Q_cross-prompt(x₁, x₂).
 *
 * Numeric, with relative error below 1e-10 for smooth ξ.
 *
 * Source: 2411.04991, Example 1 and Theorem 11. Proven against its equation, mpmath 1.4.1 and simulated annotators.
 *
 * @param quality ξ, such as `expressionQuality('sigmoid(2*delta)')`.
 * @throws NoiseError `OUT_OF_RANGE`, `NOT_MONOTONE` for what is no annotation quality function; `INVALID_OPTION`.
 */
export function pairQuality(
  quality: QualityFunction,
  a: UtilityDistribution,
  b: UtilityDistribution = a,
): number {
  checkDistribution('a', a)
  checkDistribution('b', b)
  checkQualityFunction(quality, { maxDelta: 10 * (a.scale + b.scale) + Math.abs(a.location - b.location) })
  return expectationOfDifference(a, b, quality)
}

/** Options of {@link gaussianPairQuality}. */
export interface GaussianPairQualityOptions extends BetaOptions {
  /** Standard deviation σ_x of the utilities of one prompt's responses, above 0. Default: 1. */
  scale?: number
  /** ξ: `logistic` is σ(βΔ), `probit` is Φ(βΔ). Default: `logistic`. */
  link?: 'logistic' | 'probit'
}

type Parameters = { beta: number; scale: number }

const gaussianQualities: Readonly<Record<'logistic' | 'probit', (given: Parameters) => number>> = {
  logistic: ({ beta, scale }) => {
    const utilities = utilityDistribution('normal', { scale })
    return expectationOfDifference(utilities, utilities, (t) => sigmoid(beta * t))
  },
  probit: ({ beta, scale }) => 0.5 + Math.atan(Math.SQRT2 * beta * scale) / Math.PI,
}

function checked(owner: string, { beta = 1, scale = 1 }: GaussianPairQualityOptions): Parameters {
  checkRange('beta', beta, 0)
  checkPositive('scale', scale)
  if (owner === 'density') checkPositive('beta', beta)
  return { beta, scale }
}

/**
 * Q_pair(x) where the utilities of a prompt's responses are Gaussian with standard deviation σ_x: E σ(β|Δr|) with Δr
 * ~ N(0, 2σ_x²), which has no closed form and is integrated; and ½ + arctan(√2 β σ_x)/π, exactly, for ξ = Φ. It
 * depends on βσ_x alone: at β²σ_x² = ½, 1, 2 and 5 it is 0.6749, 0.7252, 0.7780 and 0.8428.
 *
 * The paper is quoted with 0.6749, 0.7251, 0.7781 and 0.8428 for β²σ_x² = 1, 2, 4 and 10: what it would be if Δr had
 * variance σ_x² instead of the 2σ_x² that its density has.
 *
 * Source: 2411.04991, Example 1. Proven against its equation, mpmath 1.4.1 and simulated annotators.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function gaussianPairQuality(options: GaussianPairQualityOptions = {}): number {
  checkNames('gaussianPairQuality', options, { beta: true, scale: true, link: true })
  const { link = 'logistic' } = options
  return choose('link', link, gaussianQualities)(checked('quality', options))
}

/** Options of {@link gaussianQualityDensity}. */
export interface GaussianQualityDensityOptions {
  /** Annotation quality parameter β > 0. Default: 1. */
  beta?: number
  /** Standard deviation σ_x of the utilities of one prompt's responses, above 0. Default: 1. */
  scale?: number
}

/**
 * The density of τ = σ(β|Δr|) at τ where utilities are Gaussian:
 * f_τ(t) = 1/√(π β² σ_x²) · exp(−(log(t/(1 − t)))²/(4 β² σ_x²)) / (t (1 − t)) for ½ ≤ t < 1, and 0 elsewhere.
 *
 * The support matters: τ never falls below ½, and over the whole of (0, 1) the formula would integrate to two.
 *
 * Source: 2411.04991, Example 1. Proven against its equation: it integrates to one, and its mean is Q_pair.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function gaussianQualityDensity(tau: number, options: GaussianQualityDensityOptions = {}): number {
  checkNames('gaussianQualityDensity', options, { beta: true, scale: true })
  checkRange('tau', tau, 0, 1)
  const { beta, scale } = checked('density', options)
  if (tau < 0.5 || tau === 1) return 0
  const width = beta * scale
  const logit = Math.log(tau) - Math.log1p(-tau)
  const exponent = -((logit / (2 * width)) ** 2)
  return Math.exp(exponent) / (Math.sqrt(Math.PI) * width * tau * (1 - tau))
}

/**
 * P(τ ≤ t) where utilities are Gaussian and ξ = σ(β|Δr|): 2Φ(log(t/(1 − t))/(√2 β σ_x)) − 1 for t ≥ ½, and 0 below:
 * the share of pairs whose label is correct with probability t at most.
 *
 * Source: 2411.04991, Example 1, integrated. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function gaussianQualityCdf(tau: number, options: GaussianQualityDensityOptions = {}): number {
  checkNames('gaussianQualityCdf', options, { beta: true, scale: true })
  checkRange('tau', tau, 0, 1)
  const { beta, scale } = checked('density', options)
  if (tau < 0.5) return 0
  return 1 - 2 * normalCdf((Math.log1p(-tau) - Math.log(tau)) / (Math.SQRT2 * beta * scale))
}

/** Options of {@link pairQualityDensity}: what is known of ξ besides its values. */
export interface PairQualityDensityOptions {
  /** ξ′(|Δr|). Default: numeric, which costs some digits where ξ has flattened out. */
  slope?: (absoluteDelta: number) => number
  /** ξ⁻¹(τ). Default: numeric, likewise. */
  inverse?: (tau: number) => number
}

/** The difference at which ξ reaches τ, found by doubling and then closing in. */
function inverseAt(quality: QualityFunction, tau: number, scale: number): number {
  let high = scale
  for (let step = 0; step < 1000 && quality(high) < tau; step++) high *= 2
  const excess = (delta: number) => quality(delta) - tau
  return monotoneRoot(excess, { low: 0, high, atLow: excess(0), atHigh: excess(high) })
}

/**
 * The density of τ = ξ(|r_a − r_b|) at τ, for any distribution of utilities and any ξ that rises without steps:
 * f_|Δ|(d)/ξ′(d) at d = ξ⁻¹(τ). It is 0 outside the values that ξ takes; for a pair of one prompt give one
 * distribution.
 *
 * Source: 2411.04991, Example 1, whose derivation it repeats for others. Proven against its equation: it equals
 * `gaussianQualityDensity` where that applies, and integrates to one.
 *
 * @param distributions of one response and of the other, if that differs.
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function pairQualityDensity(
  tau: number,
  quality: QualityFunction,
  distributions: readonly [UtilityDistribution, UtilityDistribution?],
  options: PairQualityDensityOptions = {},
): number {
  checkNames('pairQualityDensity', options, { slope: true, inverse: true })
  checkRange('tau', tau, 0, 1)
  checkQuality(quality)
  checkArray('distributions', distributions, 'one distribution or two')
  const [a, b = a] = distributions
  checkDistribution('distributions[0]', a)
  checkDistribution('distributions[1]', b)
  const scale = Math.max(a.scale, b.scale)
  const end = Math.max(a.high - b.low, b.high - a.low)
  const most = quality(Math.min(end, Number.MAX_VALUE))
  if (tau < quality(0) || tau >= most) return 0
  const delta = options.inverse?.(tau) ?? inverseAt(quality, tau, scale)
  // At 0 itself ξ is only known to one side; a step away is within the error of everything else.
  const place = Math.max(delta, 1e-6 * scale)
  const slope = options.slope?.(delta) ?? derivative(quality, place, Math.min(0.1 * scale, place / 2))
  return absoluteDifferenceDensity(a, b)(delta) / slope
}
