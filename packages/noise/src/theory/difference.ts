import { breaksOf } from './expectations'
import { integrate } from './integrate'
import type { UtilityDistribution } from './utility-distribution'

/** Fractions of the scale at which panels end, so that what changes fast near 0, as ξ does for large β, is seen. */
const near = [1e-6, 1e-4, 1e-2]
const guides = [-8, -2, 0, 2, 8]

/** Two Gaussian distributions' difference: Gaussian too. */
const gaussianDifference = (a: UtilityDistribution, b: UtilityDistribution) => ({
  mean: a.location - b.location,
  deviation: Math.hypot(a.scale, b.scale),
})

function gaussianDensity(a: UtilityDistribution, b: UtilityDistribution): (d: number) => number {
  const { mean, deviation } = gaussianDifference(a, b)
  return (d) => {
    const z = (d - mean) / deviation
    return Math.exp((-z * z) / 2) / (Math.sqrt(2 * Math.PI) * deviation)
  }
}

/** The density of r_a − r_b at d: ∫ f_a(r) f_b(r − d) dr. */
function convolvedDensity(a: UtilityDistribution, b: UtilityDistribution): (d: number) => number {
  const [forA, forB] = [breaksOf(a), breaksOf(b)]
  const scale = Math.max(a.scale, b.scale)
  return (d) => {
    const low = Math.max(a.low, b.low + d)
    const high = Math.min(a.high, b.high + d)
    if (!(low < high)) return 0
    const inside = [...forA, ...forB.map((r) => r + d)].filter((r) => r > low && r < high)
    return integrate((r) => a.density(r) * b.density(r - d), [low, high, ...inside], {
      scale,
      tolerance: 1e-13,
    })
  }
}

/** The density of r_a − r_b, independent of each other, at d. */
export const differenceDensity = (a: UtilityDistribution, b: UtilityDistribution): ((d: number) => number) =>
  a.gaussian && b.gaussian ? gaussianDensity(a, b) : convolvedDensity(a, b)

/** The density of |r_a − r_b| at t ≥ 0. */
export function absoluteDifferenceDensity(
  a: UtilityDistribution,
  b: UtilityDistribution,
): (t: number) => number {
  const density = differenceDensity(a, b)
  // The difference of two of the same kind is symmetric.
  return a === b ? (t) => 2 * density(t) : (t) => density(t) + density(-t)
}

/** Ends and kinks of the densities, between which those of the difference lie. */
const edges = ({ low, high, kinks }: UtilityDistribution) => [low, high, ...kinks].filter(Number.isFinite)

/** Where integrals over t = |r_a − r_b| are cut into panels. */
function breaksOfDifference(a: UtilityDistribution, b: UtilityDistribution): number[] {
  const scale = Math.max(a.scale, b.scale)
  const mean = a.location - b.location
  const end = Math.max(a.high - b.low, b.high - a.low)
  const around = guides.map((z) => Math.abs(mean + z * scale))
  const kinks = edges(a).flatMap((one) => edges(b).map((other) => Math.abs(one - other)))
  const inside = [...near.map((share) => share * scale), ...around, ...kinks].filter((t) => t > 0 && t < end)
  return [0, end, ...inside]
}

/**
 * E g(|r_a − r_b|) for independent r_a and r_b, to a relative 1e-11 for smooth g. Not exported by the package.
 *
 * @param upTo integrates |r_a − r_b| up to there only. Default: everything.
 */
export function expectationOfDifference(
  a: UtilityDistribution,
  b: UtilityDistribution,
  g: (t: number) => number,
  upTo = Number.POSITIVE_INFINITY,
): number {
  const density = absoluteDifferenceDensity(a, b)
  const weighted = (t: number) => {
    const mass = density(t)
    return mass === 0 ? 0 : mass * g(t)
  }
  const breaks = breaksOfDifference(a, b)
  const end = Math.min(upTo, Math.max(...breaks))
  const inside = breaks.filter((t) => t < end)
  return integrate(weighted, [...inside, end], { scale: Math.max(a.scale, b.scale), tolerance: 1e-11 })
}
