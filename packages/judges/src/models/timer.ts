/** Most milliseconds that a timer can wait: with more it ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** A timer that can be stopped. */
export interface Timer {
  readonly stop: () => void
}

/** Calls back after so many milliseconds, however many these are: months are several timers, one after another. */
export function startTimer(milliseconds: number, callback: () => void): Timer {
  let handle: NodeJS.Timeout
  const wait = (left: number) => {
    const next = Math.min(left, LONGEST_TIMER)
    handle = setTimeout(() => (left > next ? wait(left - next) : callback()), next)
  }
  wait(milliseconds)
  return { stop: () => clearTimeout(handle) }
}
