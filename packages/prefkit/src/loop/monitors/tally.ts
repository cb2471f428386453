import type { Summary } from './statistics'

/** Sums of numbers that came one after the other, by which they are summed up without being kept. */
export interface Tally {
  readonly count: number
  readonly mean: number
  /** Of their distances to the mean. */
  readonly squares: number
}

/** Of no numbers. */
export const emptyTally: Tally = { count: 0, mean: 0, squares: 0 }

/** One number more (Welford, which loses no digits to large numbers). */
export function counted({ count, mean, squares }: Tally, value: number): Tally {
  const next = mean + (value - mean) / (count + 1)
  return { count: count + 1, mean: next, squares: squares + (value - mean) * (value - next) }
}

/** Mean and spread of all numbers so far; NaN for none. */
export function summaryOf({ count, mean, squares }: Tally): Summary {
  const deviation = Math.sqrt(squares / Math.max(1, count - 1))
  return { count, mean: count > 0 ? mean : Number.NaN, deviation, error: deviation / Math.sqrt(count) }
}
