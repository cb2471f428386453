import type { LimitPlace } from './adaptive-limit'
import { backoffDelay } from './backoff'
import { deadline } from './deadline'
import { type Failure, failureOf, notJsonFailure } from './failure'
import type { RequestSetup, ServerCall } from './request-setup'

/** The parsed answer, or why there is none. */
export type Outcome = { readonly answer: unknown } | { readonly failure: Failure }

function parse(text: string): Outcome {
  try {
    return { answer: JSON.parse(text) }
  } catch {
    return { failure: notJsonFailure(text) }
  }
}

const readers: Readonly<Record<NonNullable<ServerCall['answer']>, (text: string) => Outcome>> = {
  json: parse,
  text: (answer) => ({ answer }),
}

async function send(
  setup: RequestSetup,
  call: ServerCall,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const { client, timeout, state, address, hasKey } = setup
  const limits = deadline(timeout, signal)
  try {
    const body = call.body === undefined ? {} : { body: call.body }
    const response = await client[call.method](call.path, { ...body, signal: limits.signal }).asResponse()
    const outcome = readers[call.answer ?? 'json'](await response.text())
    state.hasAnswered = true
    return outcome
  } catch (error) {
    const context = { server: address.url, hasKey, hasAnswered: state.hasAnswered, timeout }
    const failure = failureOf(error, limits.isTimedOut(), context)
    if (failure.status !== undefined) state.hasAnswered = true
    return { failure }
  } finally {
    limits.end()
  }
}

/**
 * How long the server is left alone by all who share the limit: as long as it asks for, and a random while, as others may
 * have been told the same. Undefined where it does not ask, or for longer than anyone waits: then nobody is held up by it.
 */
function pauseOf(setup: RequestSetup, { isOverload, retryAfter }: Failure, attempts: number) {
  const { maxRetryAfter, backoff, random } = setup
  if (!isOverload || retryAfter === undefined || retryAfter > maxRetryAfter) return undefined
  return retryAfter + backoffDelay(backoff, attempts - 1, random)
}

/** Gives the place back, after telling everyone else to wait where the server asks for it. */
function leave(setup: RequestSetup, place: LimitPlace, outcome: Outcome, attempts: number): void {
  const failure = 'failure' in outcome ? outcome.failure : undefined
  const pause = failure && pauseOf(setup, failure, attempts)
  if (pause !== undefined) setup.limit.pause(pause)
  place.release(failure ? (failure.isOverload ? 'overloaded' : 'failed') : 'done')
}

/**
 * One attempt, when the limit has a place for it. Rejects with the signal's reason where that comes first.
 *
 * @param attempts - Which attempt it is, from 1.
 */
export async function attempt(
  setup: RequestSetup,
  call: ServerCall,
  attempts: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const place = await setup.limit.acquire(signal)
  let outcome: Outcome | undefined
  try {
    outcome = await send(setup, call, signal)
    return outcome
  } finally {
    if (outcome) leave(setup, place, outcome, attempts)
    else place.release('failed')
  }
}
