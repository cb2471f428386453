import type { MetricPoint } from './metric-point'

/** Values that wait to be sent. */
export interface WaitingPoints {
  /** Adds values. Above the most that may wait, the oldest are given up: the newest show where the run stands. */
  add(points: readonly MetricPoint[]): void
  /** The oldest values, at most so many, which then no longer wait. */
  take(most: number): readonly MetricPoint[]
  /** Comes when values wait, or `wake` was called. */
  some(): Promise<void>
  /** Ends waiting for values. */
  wake(): void
}

/** No values, to begin with. */
export function waitingPoints(
  most: number,
  onGivenUp: (points: readonly MetricPoint[]) => void,
): WaitingPoints {
  const waiting: MetricPoint[] = []
  let signal = Promise.withResolvers<void>()
  const wake = () => signal.resolve()
  return {
    add(points) {
      // One by one: spreading hundreds of thousands of them as arguments would overflow the stack.
      for (const point of points) waiting.push(point)
      if (waiting.length > most) onGivenUp(waiting.splice(0, waiting.length - most))
      if (waiting.length > 0) wake()
    },
    take(count) {
      const taken = waiting.splice(0, count)
      if (waiting.length === 0) signal = Promise.withResolvers<void>()
      return taken
    },
    some: () => signal.promise,
    wake,
  }
}
