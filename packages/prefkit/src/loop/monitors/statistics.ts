import { lastOf } from './last-of'
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
 * Of numbers that come one after the other the summary of the window that ends with each; undefined where there are too few before it.
 * The standard error is that of the window's own deviation or that of the noise of the last 50 numbers ({@link noiseOf}),
 * whichever is greater: the first knows when it has become louder, the second that noise may come in waves.
 */
export function rolling(window: number): (value: number) => Summary | undefined {
  const lastValues = lastOf<number>(Math.max(window, noiseSpan))
  return (value) => {
    const values = lastValues(value)
    if (values.length < window) return undefined
    const own = summarise(values.slice(-window))
    const noise = noiseOf(values.slice(-noiseSpan))
    return { ...own, error: Math.max(own.error, noise / Math.sqrt(window)) }
  }
}

/**
 * Of windows that come one after the other, undefined where there are too few numbers, the best one that has ended before each begins;
 * undefined where there is none.
 *
 * @param isBetter - Whether the first is better than the second.
 */
export function bestBefore<Kept>(
  window: number,
  isBetter: (first: Kept, second: Kept) => boolean,
): (now: Kept | undefined) => Kept | undefined {
  const lastWindows = lastOf<Kept | undefined>(window + 1)
  let best: Kept | undefined
  return (now) => {
    const windows = lastWindows(now)
    const ended = windows.length > window ? windows[0] : undefined
    if (ended !== undefined && (best === undefined || isBetter(ended, best))) best = ended
    return best
  }
}

/** Whether the mean is the greater one. */
export const isHigher = (first: Summary, second: Summary): boolean => first.mean > second.mean

/** Whether the mean is the smaller one. */
export const isLower = (first: Summary, second: Summary): boolean => first.mean < second.mean
