/** Runs calls one after the other. */
export type CallQueue = <T>(call: () => T | Promise<T>) => Promise<T>

/** A queue: a call begins when all that were made before it have ended, whether they succeeded or failed. */
export function callQueue(): CallQueue {
  let last: Promise<unknown> = Promise.resolve()
  return (call) => {
    const result = last.then(call)
    // Whoever made the call hears of its failure, those after it do not.
    last = result.catch(() => undefined)
    return result
  }
}
