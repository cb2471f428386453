import { normalCdf } from '@prefkit/expressions'
import { expectationOfDifference } from './difference'
import { checkDistribution, type UtilityDistribution } from './utility-distribution'

/** E|N(m, s²)| = s √(2/π) exp(−m²/2s²) + m (1 − 2Φ(−m/s)). */
function foldedMean(mean: number, deviation: number): number {
  const z = Math.abs(mean) / deviation
  const peak = deviation * Math.sqrt(2 / Math.PI) * Math.exp((-z * z) / 2)
  return peak + Math.abs(mean) * (1 - 2 * normalCdf(-z))
}

/**
 * E|r_a − r_b|: how far the utilities of two responses are apart on average, each drawn from its distribution. With
 * one argument, both are of the same prompt: 2σ/√π for `normal`, 2s for `logistic`, 2s ln 2 for `gumbel`.
 *
 * Closed form for Gaussian ones, numeric with relative error below 1e-10 for the others; ∞ where a mean is.
 *
 * Source: 2411.04991, Proposition 10. Proven against its equation, mpmath 1.4.1 and simulation.
 *
 * @throws NoiseError `INVALID_OPTION` for what is no distribution.
 */
export function expectedAbsoluteDifference(a: UtilityDistribution, b: UtilityDistribution = a): number {
  checkDistribution('a', a)
  checkDistribution('b', b)
  if (!a.finiteMean || !b.finiteMean) return Number.POSITIVE_INFINITY
  if (a.gaussian && b.gaussian) return foldedMean(a.location - b.location, Math.hypot(a.scale, b.scale))
  return expectationOfDifference(a, b, (t) => t)
}
