import { normalsFrom } from './gaussian-draws'

/** Sums of means up to this are drawn at once: e⁻¹⁶ leaves every probability that matters far above underflow. */
const AT_ONCE = 16

/** Inversion: the first count at which the distribution function passes a uniform number. */
function small(mean: number, uniform: () => number): number {
  const u = uniform()
  let probability = Math.exp(-mean)
  let passed = probability
  let count = 0
  // Rounding may keep the sum of all probabilities below u; they end when they underflow.
  while (u >= passed && probability > 0) {
    count += 1
    probability *= mean / count
    passed += probability
  }
  return count
}

/** From this mean on a sum takes too long, and the distribution's skewness, 1/√mean, is below a thousandth. */
const NORMAL = 1e6

/**
 * One Poisson number, as a sum of independent ones with small means, or a rounded normal one of large mean. Not exported by
 * the package.
 */
export function poisson(mean: number, uniform: () => number): number {
  if (mean >= NORMAL) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalsFrom(uniform)()))
  let count = 0
  let rest = mean
  for (; rest > AT_ONCE; rest -= AT_ONCE) count += small(AT_ONCE, uniform)
  return rest > 0 ? count + small(rest, uniform) : count
}
