/** The outcome of a shared call, for one of those who wait for it. */
export interface SharedOutcome<T> {
  readonly value: T
  /** True for exactly one of them: the one whom the call is charged to. */
  readonly isCharged: boolean
}

interface RunningCall<T> {
  readonly outcome: Promise<T>
  readonly controller: AbortController
  waiting: number
  isSettled: boolean
  isCharged: boolean
}

/** Makes a call that others with the same key join while it runs, so that it is paid once. */
export type ShareCall<T> = (
  key: string,
  call: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<SharedOutcome<T>>

/**
 * Joins calls with the same key that are made at the same time. A call is aborted when all who wait for it have left;
 * one who leaves does not stop it for the others. Failures reach all of them.
 */
export function shareCalls<T>(): ShareCall<T> {
  const running = new Map<string, RunningCall<T>>()
  const forget = (key: string, call: RunningCall<T>) => {
    if (running.get(key) === call) running.delete(key)
  }
  return async (key, call, signal) => {
    signal?.throwIfAborted()
    const joined = running.get(key) ?? begin(call)
    running.set(key, joined)
    joined.waiting += 1
    try {
      const value = await untilAborted(joined.outcome, signal)
      const isCharged = !joined.isCharged
      joined.isCharged = true
      return { value, isCharged }
    } finally {
      joined.waiting -= 1
      if (joined.isSettled || joined.waiting === 0) forget(key, joined)
      if (joined.waiting === 0 && !joined.isSettled) joined.controller.abort(signal?.reason)
    }
  }
}

function begin<T>(call: (signal: AbortSignal) => Promise<T>): RunningCall<T> {
  const controller = new AbortController()
  const outcome = call(controller.signal).finally(() => {
    begun.isSettled = true
  })
  const begun: RunningCall<T> = { outcome, controller, waiting: 0, isSettled: false, isCharged: false }
  // Nobody may be left to hear of it.
  outcome.catch(() => {})
  return begun
}

/** The outcome, or the reason of the signal if that comes first. */
function untilAborted<T>(outcome: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return outcome
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
