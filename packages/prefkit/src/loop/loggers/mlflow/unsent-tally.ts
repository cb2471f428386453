import type { MetricPoint } from './metric-point'

/** Counts values that did not get to the server. */
export interface UnsentTally {
  add(points: readonly MetricPoint[]): void
  /** How many there are and which was the first; undefined for none. */
  text(): string | undefined
}

/** No values, to begin with. */
export function unsentTally(): UnsentTally {
  let count = 0
  let first: MetricPoint | undefined
  return {
    add(points: readonly MetricPoint[]): void {
      first ??= points[0]
      count += points.length
    },
    text: (): string | undefined =>
      first &&
      `${count.toLocaleString('en')} ${count === 1 ? 'value was' : 'values were'} not sent, ` +
        `the first of them ${first.key} of step ${first.step}`,
  }
}
