/** Servers write a number such as −9999 for a probability of 0, because JSON has no infinity. */
const NEVER = -9000

/**
 * A natural logarithm of a probability as servers write it: a number of at most 0, give or take rounding. Undefined for
 * anything else; −Infinity for what stands for a probability of 0.
 */
export function wireLogprob(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value <= 1e-3)) return undefined
  return value <= NEVER ? Number.NEGATIVE_INFINITY : value
}
