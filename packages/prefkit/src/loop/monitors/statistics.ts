import { medianOf } from './median-of'
import { noiseOf } from './noise-of'

/** Mean and spread of some numbers. */
export interface Summary {
  readonly count: number
  readonly mean: number
  /** Deviation, over n − 1; 0 for one number. */
  readonly deviation: number
  /** Standard error of the mean, for numbers that do not depend on each other. */
  readonly error: number
}

/** Mean and spread; NaN for no numbers. */
export function summarise(values: readonly number[]): Summary {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / Math.max(1, count - 1))
  return { count, mean, deviation, error: deviation / Math.sqrt(count) }
}

/** The deviation of normal numbers, from the median distance to their median: one number in two may be wild. */
export function robustDeviation(values: readonly number[]): number {
  const median = medianOf(values)
  return 1.4826 * medianOf(values.map((value) => Math.abs(value - median)))
}

/**
 * How many standard errors of the difference the second mean is above the first (Welch); ±∞ for numbers without
 * spread.
 */
export function errorsApart(first: Summary, second: Summary): number {
  const difference = second.mean - first.mean
  return difference === 0 ? 0 : difference / Math.hypot(first.error, second.error)
}

/** Values before a place that its noise is taken from. */
const noiseSpan = 50

/**
 * Of each number the summary of the window that ends with it; undefined where there are too few before it. The
 * standard error is that of the window's own deviation or that of the noise of the last 50 numbers ({@link noiseOf}),
 * whichever is greater: the first knows when it has become louder, the second that noise may come in waves.
 */
export const rolling = (values: readonly number[], window: number): (Summary | undefined)[] =>
  values.map((_, i) => {
    if (i + 1 < window) return undefined
    const own = summarise(values.slice(i + 1 - window, i + 1))
    const noise = noiseOf(values.slice(Math.max(0, i + 1 - noiseSpan), i + 1))
    return { ...own, error: Math.max(own.error, noise / Math.sqrt(window)) }
  })

/**
 * Of each window the place of the best one that has ended before it begins; undefined where there is none.
 *
 * @param isBetter - Whether the first summary is better than the second.
 */
export function bestBefore(
  windows: readonly (Summary | undefined)[],
  window: number,
  isBetter: (first: Summary, second: Summary) => boolean,
): (number | undefined)[] {
  let best: number | undefined
  return windows.map((_, i) => {
    const candidate = windows[i - window]
    if (candidate && (best === undefined || isBetter(candidate, windows[best]!))) best = i - window
    return best
  })
}

/** Whether the mean is the greater one. */
export const isHigher = (first: Summary, second: Summary): boolean => first.mean > second.mean

/** Whether the mean is the smaller one. */
export const isLower = (first: Summary, second: Summary): boolean => first.mean < second.mean
