import { Presets, SingleBar } from 'cli-progress'
import type { Phase, ProgressEvent } from '../reward/progress'

/** What each phase is called, and what it counts. */
const labels: Readonly<Record<Phase, readonly [label: string, unit: string]>> = {
  read: ['reading', 'rows'],
  embed: ['embedding', 'texts'],
  train: ['training', 'epochs'],
  'cross-validate': ['training', 'folds'],
  score: ['scoring', 'rows'],
}

/** Shows how far work has come, on standard error. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void
  /** Ends the bar that is shown; to be called before anything else is printed. */
  stop(): void
}

/** Where the shown phase began: rates are of what was done since. */
interface Start {
  readonly phase: Phase
  readonly bar: SingleBar
  readonly seconds: number
  readonly done: number
}

const now = (): number => performance.now() / 1000

/** A bar for each phase with rate and time left; on anything but a terminal, a line now and then. */
export function showProgress(quiet = false): ProgressDisplay {
  let start: Start | undefined
  const stop = (): void => {
    start?.bar.stop()
    start = undefined
  }
  const onProgress = (event: ProgressEvent): void => {
    if (start?.phase !== event.phase) {
      stop()
      start = { phase: event.phase, bar: createBar(event), seconds: now(), done: event.done }
      start.bar.start(event.total ?? 0, event.done, describe(event, start))
    }
    start.bar.update(event.done, describe(event, start))
    if (event.done === event.total) stop()
  }
  return { onProgress: quiet ? () => {} : onProgress, stop }
}

function createBar({ phase, total }: ProgressEvent): SingleBar {
  const [label, unit] = labels[phase]
  const share = total === undefined ? '{shown}' : `[{bar}] {shown}/${total}`
  return new SingleBar(
    {
      format: `${label.padEnd(9)} ${share} ${unit}{rate}{left}{note}`,
      stream: process.stderr,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  )
}

/** The words beside the bar; rate and time left only once there is something to tell them from. */
function describe({ phase, done, total, note }: ProgressEvent, start: Start): Record<string, string> {
  const seconds = now() - start.seconds
  const rate = (done - start.done) / seconds
  const isKnown = seconds > 0.2 && rate > 0
  const left = total === undefined || !isKnown ? undefined : (total - done) / rate
  return {
    shown: Number.isInteger(done) ? `${done}` : done.toFixed(1),
    rate: isKnown ? ` | ${rate.toPrecision(3)} ${labels[phase][1]}/s` : '',
    left: left === undefined ? '' : ` | ${duration(left)} left`,
    note: note ? ` | ${note}` : '',
  }
}

/** A few words for a time: 42 s, 3 min, 2.5 h. */
const duration = (seconds: number): string => {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
