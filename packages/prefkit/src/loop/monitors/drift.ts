import type { Point } from './points'
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
 * The mean of the window that ends with each point against that of the first window; undefined until they do not
 * overlap.
 */
export function driftsOf(points: readonly Point[], window: number): (Drift | undefined)[] {
  const means = rolling(
    points.map(({ value }) => value),
    window,
  )
  return means.map((now, i) => {
    const first = means[window - 1]
    if (!now || !first || i < 2 * window - 1) return undefined
    return { first, now, ratio: now.mean / first.mean, errors: Math.abs(errorsApart(first, now)) }
  })
}
