import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger, RunOutcome } from '../logger'
import { flattenParameters } from './flatten-parameters'
import { metricPoints } from './metric-point'
import { MlflowCallError, patientCaller } from './patient-caller'
import { type Sending, sendAll } from './send-all'
import { type Environment, trackingServer } from './tracking-server'
import { unsentTally } from './unsent-tally'
import { waitingPoints } from './waiting-points'
import { warnOnce } from './warn-once'

/** Options of {@link mlflowLogger}. */
export interface MlflowOptions {
  /** The tracking server, such as `http://localhost:5000`. */
  readonly trackingUri: string
  /** Name of the experiment; it is made where there is none. */
  readonly experiment: string
  /** Name of the run. */
  readonly runName: string
  /** What the run was configured with: becomes MLflow's parameters, nested names joined by dots. Default: nothing. */
  readonly config?: object
  /** A file in the run's directory that remembers MLflow's run, for when it is resumed. */
  readonly statePath: string
  /** Told in plain words, and once each: that the server is away, that it refused something, what was not sent. */
  readonly warn: (message: string) => void
  /**
   * Has `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`. Default:
   * `process.env`.
   */
  readonly environment?: Environment
  /** How long `close` waits for what was not sent yet. Default: 10. */
  readonly closeSeconds?: number
  /** Longest time for one request. Default: 30. */
  readonly timeoutSeconds?: number
  /** Wait before a request is repeated; doubles up to a minute. Default: 1. */
  readonly retrySeconds?: number
  /** How many values may wait for a server that is away. Default: 200000. */
  readonly mostWaiting?: number
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

const statusOf: Readonly<Record<RunOutcome, string>> = {
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
}

const failureText = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Sends a run to a tracking server of MLflow by its REST API: a run with the configuration as parameters, and the
 * numbers of each record as metrics `<stage>/<name>` ({@link mlflowName} says what becomes of names that MLflow does
 * not take). Texts and distributions are not sent.
 *
 * Nothing waits for the server: `log` puts values into a queue that is sent in the background. A server that is away
 * is warned of once and asked again and again; at the end `close` waits for up to `closeSeconds` and says what was
 * not sent.
 *
 * A resumed run goes on with its run on the server. A step that the server has of a metric already is not sent again,
 * whether it was kept or comes again (the same numbers do: a run resumes exactly), and a kept one that it lacks is
 * sent, so each is there once.
 * @throws PrefkitError `INVALID_CONFIG` for a `trackingUri` that is no address of a server. Its methods throw
 * nothing.
 */
export function mlflowLogger(options: MlflowOptions): Logger {
  const { trackingUri, environment = process.env, now = Date.now, closeSeconds = 10 } = options
  const server = trackingServer(trackingUri, environment)
  const warn = warnOnce(options.warn, server.url)
  const unsent = unsentTally()
  const points = waitingPoints(options.mostWaiting ?? 200_000, unsent.add)
  const [closing, stop] = [new AbortController(), new AbortController()]
  const ask = patientCaller(server, {
    timeoutSeconds: options.timeoutSeconds ?? 30,
    retrySeconds: options.retrySeconds ?? 1,
    ...{ hurry: closing.signal, stop: stop.signal },
    onAway: ({ reason }) =>
      warn(
        'away',
        `${reason}. Training goes on; what is logged waits for the server, and metrics.jsonl has all of it.`,
      ),
  })
  const sending: Sending = {
    ...{ ask, points, unsent, now, closing: closing.signal },
    onRefused: (reason) => warn('refused', `it refused values: ${reason}`),
    settings: {
      ...{ url: server.url, experiment: options.experiment, runName: options.runName },
      ...{ parameters: flattenParameters(options.config ?? {}), statePath: options.statePath, now },
    },
  }
  let outcome: RunOutcome = 'finished'
  let working: Promise<void> | undefined

  const giveUp = (error: unknown): void => {
    stop.abort()
    const isAway = error instanceof MlflowCallError && error.failure.kind === 'away'
    if (!isAway)
      warn('given up', `${failureText(error)}. Nothing more is sent to it; metrics.jsonl has all of it.`)
  }

  const add = (records: Parameters<Logger['log']>[0]): void => {
    const to = stop.signal.aborted ? unsent : points
    to.add(metricPoints(records, now()))
    working ??= sendAll(sending, () => statusOf[outcome]).catch(giveUp)
  }

  return {
    keep: async (records) => add(records),
    log: async (records) => add(records),
    distributions: async () => {},
    async close(how = 'finished') {
      outcome = how
      closing.abort()
      points.wake()
      const deadline = new AbortController()
      const late = sleep(closeSeconds * 1000, undefined, { signal: deadline.signal }).catch(() => {})
      await Promise.race([working, late])
      deadline.abort()
      stop.abort()
      await working
      unsent.add(points.take(Number.POSITIVE_INFINITY))
      const text = unsent.text()
      if (text) warn('unsent', `${text}; metrics.jsonl has them all.`)
    },
  }
}
