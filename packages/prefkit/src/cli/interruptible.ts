import { PrefkitError } from '../prefkit-error'

/**
 * Runs work that Ctrl-C stops at its next step, so that it can save what it has. A second Ctrl-C ends the process.
 * @param lost what becomes of the work when it is stopped, after "stopped; ".
 * @param when it stops, as it is told at the first Ctrl-C.
 * @throws PrefkitError `INTERRUPTED`, unless the work says itself how to go on.
 */
export async function interruptible<Result>(
  lost: string,
  work: (signal: AbortSignal) => Promise<Result>,
  when = 'after this step',
): Promise<Result> {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130)
    process.stderr.write(`\nstopping ${when}; once more to stop at once\n`)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    return await work(controller.signal)
  } catch (cause) {
    if (!controller.signal.aborted || PrefkitError.isInstance(cause)) throw cause
    throw new PrefkitError('INTERRUPTED', `stopped; ${lost}`, { cause })
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
