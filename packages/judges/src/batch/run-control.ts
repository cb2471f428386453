import type { ResolvedOptions } from './batch-options'
import type { Journal } from './journal'
import type { ProgressCounter } from './progress'
import type { Pulse } from './pulse'

/** What decides how a run goes on, whatever its items are. */
export interface RunControl {
  readonly options: ResolvedOptions
  readonly journal: Journal | undefined
  readonly source: { readonly stop: () => void }
  readonly progress: ProgressCounter
  readonly pulse: Pulse
  /** Stops what is in flight. */
  readonly abort: AbortController
  inFlight: number
  /** Whether no further item will be taken. */
  isFed: boolean
  /** Why the run ends before the items do. */
  end?: { readonly error: unknown }
}

/** Nothing is in flight any more, and nothing more will be. */
export const isOver = (run: RunControl): boolean => run.isFed && run.inFlight === 0

/** Tells whoever listens where the run stands. */
export const reportProgress = ({ options, progress, inFlight, journal }: RunControl): void =>
  options.onProgress(progress.report(inFlight, journal?.tornLines ?? 0))

/** Begins no further item; those in flight finish. The first reason counts. */
export function endSoon(run: RunControl, error: unknown): undefined {
  run.end ??= { error }
  run.source.stop()
  run.pulse.notify()
}

/** Begins no further item, and stops those in flight. */
export function endNow(run: RunControl, error: unknown): undefined {
  endSoon(run, error)
  run.abort.abort(error)
}
