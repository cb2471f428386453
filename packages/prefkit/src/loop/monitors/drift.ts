import { errorsApart, rolling, type Summary } from './statistics'

/** Where a number began, and where it is. */
export interface Drift {
  readonly first: Summary
  readonly now: Summary
  /** How many times the first mean the mean is now. */
  readonly ratio: number
  /** Standard errors of their difference between them (Welch), ≥ 0. */
  readonly errors: number
}

/**
 * Of each number that comes, the mean of the window that ends with it against that of the first window; undefined until they do not
 * overlap.
 */
export function driftOf(window: number): (value: number) => Drift | undefined {
  const summaryOf = rolling(window)
  let count = 0
  let first: Summary | undefined
  return (value) => {
    const now = summaryOf(value)
    first ??= now
    count++
    if (!now || !first || count < 2 * window) return undefined
    return { first, now, ratio: now.mean / first.mean, errors: Math.abs(errorsApart(first, now)) }
  }
}
