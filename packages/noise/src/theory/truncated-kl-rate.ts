import { checkNames, checkPositive, checkRange, type Names } from '../check-options'
import { monotoneRoot } from '../mathematics/monotone-root'
import { NoiseError } from '../noise-error'

/** What is assumed of the true reward function. */
export interface RewardClassOptions {
  /** Dimension d ≥ 1 of what the reward depends on; of the embedding in the theorem, where fewer may matter. */
  dimension: number
  /** Hölder smoothness β > 0 of the reward: how many derivatives it has. Default: 1. */
  smoothness?: number
  /** α in [0, 1]: P(win probability ≤ t) ≤ C t^α; 0 assumes nothing. Default: 0. */
  smallValueExponent?: number
}

/** One point that the curve has to pass through. */
export interface RateCalibration {
  /** Comparisons n₀ ≥ 2 trained on. */
  readonly comparisons: number
  /** Truncated KL risk measured then, in nats and above 0. */
  readonly risk: number
}

/** Options of {@link truncatedKlRate}. */
export interface TruncatedKlRateOptions extends RewardClassOptions {
  /** Truncation B > 0 of the risk. Default: 2. */
  bound?: number
  /** Layers L > 0 of the network. Default: log₂ n, as the theorem lets depth grow. */
  depth?: number
  /** A measured risk that fixes the unknown constant C′. Default: C′ = 1, which only ratios of the curve survive. */
  calibration?: RateCalibration
}

const classNames: Names<RewardClassOptions> = { dimension: true, smoothness: true, smallValueExponent: true }
const rateNames: Names<TruncatedKlRateOptions> = {
  ...classNames,
  bound: true,
  depth: true,
  calibration: true,
}

interface RewardClass {
  readonly d: number
  /** (1 + α) β. */
  readonly effort: number
  readonly alpha: number
  /** γ with φ_n ∝ n^−γ. */
  readonly exponent: number
}

function rewardClass({ dimension, smoothness = 1, smallValueExponent = 0 }: RewardClassOptions): RewardClass {
  checkRange('dimension', dimension, 1)
  checkPositive('smoothness', smoothness)
  checkRange('smallValueExponent', smallValueExponent, 0, 1)
  const effort = (1 + smallValueExponent) * smoothness
  return { d: dimension, effort, alpha: smallValueExponent, exponent: effort / (effort + dimension) }
}

/**
 * γ in φ_n ∝ n^−γ: (1 + α)β/((1 + α)β + d), the power of the number of comparisons with which the risk falls. Halving
 * the risk takes about 2^(1/γ) times the comparisons.
 *
 * Source: 2411.04991, Theorem 20. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function truncatedKlRateExponent(options: RewardClassOptions): number {
  checkNames('truncatedKlRateExponent', options, classNames)
  return rewardClass(options).exponent
}

/** log of B φ_n L log² n, as a function of log n: n itself may be too large for a number. */
function logRate(options: TruncatedKlRateOptions): (logComparisons: number) => number {
  const { bound = 2, depth } = options
  const { d, effort, alpha, exponent } = rewardClass(options)
  checkPositive('bound', bound)
  if (depth !== undefined) checkPositive('depth', depth)
  const power = (effort + (3 + alpha) * d) / (effort + d)
  const fixed = Math.log(bound) + power * Math.LN2
  return (logN) => fixed - exponent * logN + Math.log(depth ?? logN / Math.LN2) + 2 * Math.log(logN)
}

/** log of C′. */
function logConstant({ calibration }: TruncatedKlRateOptions, rate: (logN: number) => number): number {
  if (calibration === undefined) return 0
  checkNames('calibration', calibration, { comparisons: true, risk: true })
  checkRange('calibration.comparisons', calibration.comparisons, 2)
  checkPositive('calibration.risk', calibration.risk)
  return Math.log(calibration.risk) - rate(Math.log(calibration.comparisons))
}

/**
 * How the truncated KL risk of a Bradley–Terry reward model falls with the number n of comparisons, as a planning
 * curve: C′ B φ_n L log² n, with φ_n = 2^{((1+α)β + (3+α)d)/((1+α)β + d)} · n^{−(1+α)β/((1+α)β + d)}.
 *
 * An upper bound up to a constant: the theorem says that some C′ exists, not how large it is, holds for n large
 * enough, and for the worst reward function of the class. So the curve says how labels and risk trade off, and
 * nothing about the risk itself unless `calibration` has fixed C′ by a measured one; even then what lies beyond the
 * measured n is an extrapolation. Because of the logarithms it first rises, up to n = e^{3/γ} (e^{2/γ} for fixed
 * depth): for an embedding of 2,048 dimensions and β = 1 it falls nowhere in practice, which is why `dimension`
 * should be that of what the reward really depends on.
 *
 * Source: 2411.04991, Theorem 20; L = log₂ n is this package's choice. Proven against its equation.
 *
 * @param comparisons n ≥ 2.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function truncatedKlRate(comparisons: number, options: TruncatedKlRateOptions): number {
  checkNames('truncatedKlRate', options, rateNames)
  checkRange('comparisons', comparisons, 2)
  const rate = logRate(options)
  return Math.exp(logConstant(options, rate) + rate(Math.log(comparisons)))
}

/**
 * The number of comparisons from which on `truncatedKlRate` stays at or below a risk: the curve turned around.
 *
 * Source: 2411.04991, Theorem 20. Proven against its equation.
 *
 * @param risk in nats, above 0.
 * @returns n, not rounded; at least where the curve starts to fall.
 * @throws NoiseError `UNREACHABLE` where n is beyond all numbers; `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function comparisonsForRisk(risk: number, options: TruncatedKlRateOptions): number {
  checkNames('comparisonsForRisk', options, rateNames)
  checkPositive('risk', risk)
  const rate = logRate(options)
  const excess = (logN: number) => logConstant(options, rate) + rate(logN) - Math.log(risk)
  const { exponent } = rewardClass(options)
  const peak = Math.max(Math.LN2, (options.depth === undefined ? 3 : 2) / exponent)
  const most = Math.log(Number.MAX_VALUE)
  if (!(peak < most && excess(most) <= 0)) {
    const message = `risk is ${risk}; the curve reaches it with no number of comparisons up to ${Number.MAX_VALUE}`
    throw new NoiseError('UNREACHABLE', 'risk', message)
  }
  if (excess(peak) <= 0) return Math.exp(peak)
  return Math.exp(monotoneRoot(excess, { low: peak, high: most, atLow: excess(peak), atHigh: excess(most) }))
}

/** Options of {@link rewardErrorRate}. */
export interface RewardErrorRateOptions extends TruncatedKlRateOptions {
  /** Win probability of the pair, in (0, 1). Default: ½, where the error is smallest. */
  winProbability?: number
}

/**
 * How the error of an estimated reward difference falls with the number of comparisons, up to a constant:
 * 2√p/(p(1 − p)) · √(φ_n L) log n, where p is the pair's win probability.
 *
 * It grows without bound as p nears 0 or 1: differences between responses far apart cannot be told from comparisons.
 *
 * Source: 2411.04991, Corollary 7, with p₀ and p̂ alike. Proven against its equation.
 *
 * @param comparisons n ≥ 2.
 * @returns in units of reward, up to a constant; `calibration` fixes that of the risk, and scales this by its root.
 * @throws NoiseError `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function rewardErrorRate(comparisons: number, options: RewardErrorRateOptions): number {
  checkNames('rewardErrorRate', options, { ...rateNames, winProbability: true })
  const { winProbability: p = 0.5, bound = 2, ...rest } = options
  checkRange('winProbability', p, Number.MIN_VALUE, 1 - Number.EPSILON / 2)
  const risk = truncatedKlRate(comparisons, { ...rest, bound })
  return ((2 * Math.sqrt(p)) / (p * (1 - p))) * Math.sqrt(risk / bound)
}
