import type { Alert, Severity, Watch } from './monitor'
import { type Point, pointsOf } from './points'

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

/** Judges the points of a stage, which it is given one after the other. */
export type Judge = (point: Point) => Judgement

/** Nothing to say, and nothing known to be well: as of a window that is not full yet. */
export const unknown: Judgement = { isCalm: false }

const rank = { none: 0, warning: 1, critical: 2 } as const

/**
 * Says each thing once: an episode begins with the first point of concern and ends after `calmPoints` calm ones in a
 * row. Within it only a critical point after a warning is told of again.
 */
export function raiseAlerts(
  monitor: string,
  calmPoints: number,
  judge: Judge,
): (point: Point) => readonly Alert[] {
  let told: Severity | 'none' = 'none'
  let calm = 0
  return (point) => {
    const { severity, isCalm, message = '' } = judge(point)
    calm = isCalm ? calm + 1 : 0
    if (calm >= calmPoints) told = 'none'
    if (!severity || rank[severity] <= rank[told]) return []
    told = severity
    const { stage, step } = point.record
    return [{ monitor, stage, step, severity, message }]
  }
}

/** Watches the numbers of a stage under the first of these names that it logs. */
export function watchPoints(
  monitor: string,
  { keys, calmPoints }: { readonly keys: readonly string[]; readonly calmPoints: number },
  judge: Judge,
): Watch {
  const pointOf = pointsOf(keys)
  const raise = raiseAlerts(monitor, calmPoints, judge)
  return (record) => {
    const point = pointOf(record)
    return point ? raise(point) : []
  }
}
