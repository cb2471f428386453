import { integrate } from './integrate'
import type { UtilityDistribution } from './utility-distribution'

/** Multiples of the scale at which panels end: those in the middle hold the peak, the others the tails. */
const guides = [-8, -2, 0, 2, 8]

/** Where integrals over this distribution's utilities are cut into panels. */
export function breaksOf({ location, scale, low, high, kinks }: UtilityDistribution): number[] {
  const inside = guides.map((z) => location + scale * z).filter((r) => r > low && r < high)
  return [low, high, ...kinks, ...inside]
}

/**
 * E g(r). Not exported by the package.
 *
 * @param breaks where g changes fast or has kinks.
 */
export function expectation(
  distribution: UtilityDistribution,
  g: (r: number) => number,
  breaks: readonly number[] = [],
): number {
  const { density, low, high, scale } = distribution
  const inside = breaks.filter((r) => r > low && r < high)
  const weighted = (r: number) => {
    const mass = density(r)
    // Far out g may be infinite where there is no mass left.
    return mass === 0 ? 0 : mass * g(r)
  }
  return integrate(weighted, [...breaksOf(distribution), ...inside], { scale })
}
