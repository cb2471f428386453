/** Steps of a power of two. */
const STEPS = 128
const STEPS_PER_UNIT = STEPS / Math.LN2
/** ln 2 / 128 in two parts, of which the first has zeros enough that a whole multiple of it is exact. */
const LN2_HIGH = 47_632_711_549 / 2 ** 43
const LN2_LOW = 1.2864023111638346e-14
/** Adding and taking it away again rounds to a whole number. */
const ROUNDER = 1.5 * 2 ** 52
/** Beyond it powers of two are no normal numbers. */
const LARGEST = 700

/**
 * Makes e^x by a table of 2^(j/128) and a polynomial: within one unit in the last place of `Math.exp`, and about twice as
 * fast, as engines compile it into the loop that calls it. That counts for the gradients of a million rows.
 *
 * Source: P. T. P. Tang, ACM TOMS 15 (1989). Proven against `Math.exp` (`objectives/exponential.test.ts`).
 */
export function exponential(): (x: number) => number {
  const roots = Float64Array.from({ length: STEPS }, (_, j) => 2 ** (j / STEPS))
  const powers = Float64Array.from({ length: 2048 }, (_, n) => 2 ** (n - 1024))
  return (x) => {
    if (!(x > -LARGEST && x < LARGEST)) return Math.exp(x)
    const steps = x * STEPS_PER_UNIT + ROUNDER - ROUNDER
    const r = x - steps * LN2_HIGH - steps * LN2_LOW
    const k = steps | 0
    const root = roots[k & (STEPS - 1)]!
    const p = r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))
    return (root + root * p) * powers[(k >> 7) + 1024]!
  }
}
