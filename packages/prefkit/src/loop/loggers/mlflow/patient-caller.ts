import { setTimeout as sleep } from 'node:timers/promises'
import { type MlflowCall, type MlflowFailure, requestOnce } from './request'
import type { TrackingServer } from './tracking-server'

/** A call that will not go better: the server does not take it, or nobody waits for it any more. */
export class MlflowCallError extends Error {
  override readonly name = 'MlflowCallError'
  readonly failure: MlflowFailure

  constructor(failure: MlflowFailure) {
    super(failure.reason)
    this.failure = failure
  }
}

/** Makes calls, and repeats them while the server is away. */
export type PatientCaller = (call: MlflowCall) => Promise<unknown>

/** How patient to be. */
export interface Patience {
  /** Longest time for one attempt. */
  readonly timeoutSeconds: number
  /** Wait before the second attempt; doubles with each, up to a minute. */
  readonly retrySeconds: number
  /** From then on waits are no longer than the first. */
  readonly hurry: AbortSignal
  /** Ends all calls and waits. */
  readonly stop: AbortSignal
  /** Called after each attempt that another will follow. */
  readonly onAway: (failure: MlflowFailure) => void
}

const longestWaitSeconds = 60

/** Waits until the time is over or one of the signals comes. */
async function pause(seconds: number, signals: readonly AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any([...signals])
  // A run that came to its end otherwise is not held up by a wait.
  await sleep(seconds * 1000, undefined, { signal, ref: false }).catch(() => {})
}

/**
 * A caller that repeats a call while the server is away, after what the server asks for or else a wait that doubles.
 * It throws {@link MlflowCallError} for calls that are refused or forbidden, and for all once `stop` has come.
 */
export const patientCaller =
  (server: TrackingServer, patience: Patience): PatientCaller =>
  async (call) => {
    const { timeoutSeconds, retrySeconds, hurry, stop, onAway } = patience
    for (let attempt = 1; ; attempt++) {
      const outcome = await requestOnce(server, call, timeoutSeconds, stop)
      if ('answer' in outcome) return outcome.answer
      const { failure } = outcome
      if (failure.kind !== 'away' || stop.aborted) throw new MlflowCallError(failure)
      onAway(failure)
      const doubled = retrySeconds * 2 ** Math.min(attempt - 1, 10)
      const wait = failure.waitSeconds ?? doubled * (0.75 + Math.random() / 4)
      const inHurry = hurry.aborted
      await pause(
        inHurry ? retrySeconds : Math.min(wait, longestWaitSeconds),
        inHurry ? [stop] : [stop, hurry],
      )
      if (stop.aborted) throw new MlflowCallError(failure)
    }
  }
