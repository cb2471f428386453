import { JudgeError } from '../judge-error'
import { attempt } from './attempt'
import { backoffDelay, sleep } from './backoff'
import type { RequestSetup, ServerCall } from './request-setup'
import { abortedError, finalError } from './server-error'

async function repeat(
  setup: RequestSetup,
  call: ServerCall,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const retries = call.retries ?? setup.retries
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(setup, call, attempts, signal)
    if ('answer' in outcome) return outcome.answer
    // The caller's abort ends the attempt as a lost connection would.
    if (signal?.aborted) throw abortedError(setup, signal)
    const { failure } = outcome
    const error = finalError(setup, failure, attempts, retries)
    if (error) throw error
    // A server that asks for no wait at all is still left alone for longer each time, and by each client for another time.
    const delay = backoffDelay(setup.backoff, attempts - 1, setup.random)
    await sleep((failure.retryAfter ?? 0) + delay, signal)
  }
}

/**
 * The parsed JSON of the answer. Failed attempts are repeated where another may go better, after what the server asks for
 * and a random while.
 *
 * @throws JudgeError without secrets: `ABORTED` for the caller's signal, whenever it comes.
 */
export async function requestWithRetries(
  setup: RequestSetup,
  call: ServerCall,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    return await repeat(setup, call, signal)
  } catch (error) {
    // Waiting for a place or for the next attempt ends with the signal's own reason.
    const isTold = JudgeError.isInstance(error) && error.code === 'ABORTED'
    throw signal?.aborted && !isTold ? abortedError(setup, signal) : error
  }
}
