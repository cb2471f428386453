import { Presets, SingleBar } from 'cli-progress'
import type { Phase, ProgressEvent } from '../reward/progress'

/** What each phase is called, and what it counts. */
const labels: Readonly<Record<Phase, readonly [label: string, unit: string]>> = {
  read: ['reading', 'rows'],
  embed: ['embedding', 'texts'],
  train: ['training', 'epochs'],
  score: ['scoring', 'rows'],
}

/** Shows how far work has come, on standard error. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void
  /** Ends the bar that is shown; to be called before anything else is printed. */
  stop(): void
}

/** A bar for each phase with rate and time left; on anything but a terminal, a line now and then. */
export function showProgress(quiet = false): ProgressDisplay {
  let phase: Phase | undefined
  let bar: SingleBar | undefined
  let begun = 0
  let first = 0
  const stop = (): void => {
    bar?.stop()
    bar = undefined
    phase = undefined
  }
  const begin = (event: ProgressEvent): SingleBar => {
    stop()
    phase = event.phase
    begun = performance.now()
    first = event.done
    const [label, unit] = labels[event.phase]
    const share = event.total === undefined ? '{shown}' : '[{bar}] {shown}/{total}'
    const left = event.total === undefined ? '' : ' | {eta_formatted} left'
    const started = new SingleBar(
      {
        format: `${label.padEnd(9)} ${share} ${unit} | {rate} ${unit}/s${left} {note}`,
        stream: process.stderr,
        hideCursor: true,
        noTTYOutput: true,
        notTTYSchedule: 5000,
        etaBuffer: 100,
        clearOnComplete: false,
      },
      Presets.shades_classic,
    )
    started.start(event.total ?? 0, event.done, { note: '', rate: '…', shown: event.done })
    return started
  }
  const onProgress = (event: ProgressEvent): void => {
    if (phase !== event.phase) bar = begin(event)
    const seconds = (performance.now() - begun) / 1000
    const rate = seconds > 0 ? ((event.done - first) / seconds).toPrecision(3) : '…'
    const shown = Number.isInteger(event.done) ? event.done : event.done.toFixed(1)
    bar?.update(event.done, { note: event.note ? `| ${event.note}` : '', rate, shown })
    if (event.done === event.total) stop()
  }
  return { onProgress: quiet ? () => {} : onProgress, stop }
}
