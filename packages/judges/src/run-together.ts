import type { CallOptions } from './chat-model'

/** One of several calls that are made at once, to be stopped by its own signal. */
export type Task<Result> = (call: CallOptions & { readonly signal: AbortSignal }) => Promise<Result>

/**
 * Runs tasks at once, and gives their results in order. Where one fails, the others are aborted, for nobody wants their
 * answers any more and they would be paid for; only when all have ended does it reject, with the first failure, so that
 * nothing goes on behind the caller's back.
 */
export async function runTogether<Result>(
  tasks: readonly Task<Result>[],
  call: CallOptions = {},
): Promise<Result[]> {
  const controller = new AbortController()
  const { signal } = call
  const abort = () => controller.abort(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  const failures: unknown[] = []
  const results: Result[] = []
  async function run(task: Task<Result>, index: number): Promise<void> {
    try {
      results[index] = await task({ ...call, signal: controller.signal })
    } catch (failure) {
      failures.push(failure)
      controller.abort(failure)
    }
  }
  await Promise.all(tasks.map(run))
  // A signal of a whole run outlives this call by far.
  signal?.removeEventListener('abort', abort)
  if (failures.length > 0) throw failures[0]
  return results
}
