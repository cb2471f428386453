import { type MetricPoint, pointJson } from './metric-point'
import { MlflowCallError, type PatientCaller } from './patient-caller'
import { openTrackingRun, type TrackingRun, type TrackingRunSettings } from './tracking-run'
import type { UnsentTally } from './unsent-tally'
import type { WaitingPoints } from './waiting-points'

/** What sending a run needs. */
export interface Sending {
  readonly ask: PatientCaller
  readonly points: WaitingPoints
  readonly unsent: UnsentTally
  readonly settings: TrackingRunSettings
  /** Once it has come, nothing is added to the points. */
  readonly closing: AbortSignal
  /** Told why the server does not take values. */
  readonly onRefused: (reason: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** MLflow's limit. */
const pointsPerRequest = 1000

async function sendBatch(
  { ask, unsent, onRefused }: Sending,
  { runId, steps }: TrackingRun,
  batch: readonly MetricPoint[],
): Promise<void> {
  const metrics = batch.filter(({ key, step }) => !steps.get(key)?.has(step))
  if (metrics.length === 0) return
  try {
    const body = { run_id: runId, metrics: metrics.map(pointJson) }
    await ask({ method: 'POST', path: 'runs/log-batch', body })
  } catch (error) {
    unsent.add(metrics)
    if (!(error instanceof MlflowCallError) || error.failure.kind !== 'refused') throw error
    onRefused(error.message)
  }
}

/**
 * Opens the run and sends what waits and will wait, until the logger closes and all is sent; then tells how the run
 * ended.
 *
 * @param status - MLflow's name of how the run ended; asked for at the end.
 * @throws MlflowCallError when the server refuses the run or its end, or nobody waits for it any more.
 */
export async function sendAll(sending: Sending, status: () => string): Promise<void> {
  const { ask, points, settings, closing, now } = sending
  const run = await openTrackingRun(ask, settings)
  for (;;) {
    const batch = points.take(pointsPerRequest)
    if (batch.length > 0) await sendBatch(sending, run, batch)
    else if (closing.aborted) break
    else await points.some()
  }
  const body = { run_id: run.runId, status: status(), end_time: now() }
  await ask({ method: 'POST', path: 'runs/update', body })
}
