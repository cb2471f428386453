import type { Special } from './writer'

/** What kernels get for the numbers that no literal can say, or that compilers would draw conclusions from. */
export const specials: Readonly<Record<Special, number>> = {
  inf: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
  zero: 0,
}
