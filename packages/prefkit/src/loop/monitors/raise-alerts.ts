import type { Alert, Severity } from './monitor'
import type { Point } from './points'

/** What is to be said of a point. */
export interface Judgement {
  /** Undefined where nothing is. */
  readonly severity?: Severity | undefined
  /**
   * Whether all is well again: stricter than having nothing to say, so that numbers at a threshold do not fire again
   * and again.
   */
  readonly isCalm: boolean
  readonly message?: string
}

/** Nothing to say, and nothing known to be well: as of a window that is not full yet. */
export const unknown: Judgement = { isCalm: false }

const rank = { none: 0, warning: 1, critical: 2 } as const

/**
 * Says each thing once: an episode begins with the first point of concern and ends after `calmPoints` calm ones in a
 * row. Within it only a critical point after a warning is told of again.
 */
export function raiseAlerts(
  monitor: string,
  points: readonly Point[],
  calmPoints: number,
  judge: (i: number) => Judgement,
): (Alert & { readonly index: number })[] {
  const alerts: (Alert & { readonly index: number })[] = []
  let told: Severity | 'none' = 'none'
  let calm = 0
  for (const [i, { stage, step, index }] of points.entries()) {
    const { severity, isCalm, message = '' } = judge(i)
    calm = isCalm ? calm + 1 : 0
    if (calm >= calmPoints) told = 'none'
    if (!severity || rank[severity] <= rank[told]) continue
    told = severity
    alerts.push({ monitor, stage, step, severity, message, index })
  }
  return alerts
}

/** The alerts of several stages, in the order of the run's records. */
export const inOrder = (alerts: readonly (Alert & { readonly index: number })[]): Alert[] =>
  alerts.toSorted((a, b) => a.index - b.index).map(({ index, ...alert }) => alert)
