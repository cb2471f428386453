import { startTimer } from './timer'

/** What ends an attempt. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Whether it was the time, not the caller. */
  readonly isTimedOut: () => boolean
  /** Gives up timer and listener. */
  readonly end: () => void
}

/** Stops when the caller does, or when the time is up, which includes reading the body. */
export function deadline(timeout: number, signal: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let isTimedOut = false
  const stop = () => controller.abort()
  const timer = startTimer(timeout, () => {
    isTimedOut = true
    stop()
  })
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const end = () => {
    timer.stop()
    signal?.removeEventListener('abort', stop)
  }
  return { signal: controller.signal, isTimedOut: () => isTimedOut, end }
}
