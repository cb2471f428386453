import { TreesError } from '../trees-error'

/** Throws `ABORTED` where the signal says so; `before` is what comes next. */
export function checkAborted(signal: AbortSignal | undefined, before: string): void {
  if (!signal?.aborted) return
  throw new TreesError('ABORTED', `training was aborted before ${before}`, { cause: signal.reason })
}
