import { Presets, SingleBar } from 'cli-progress'
import type { Phase, ProgressEvent } from '../reward/progress'

/** What each phase is called, and what it counts. */
const labels: Readonly<Record<Phase, readonly [label: string, unit: string]>> = {
  read: ['reading', 'rows'],
  embed: ['embedding', 'texts'],
  train: ['training', 'epochs'],
  'cross-validate': ['training', 'folds'],
  score: ['scoring', 'rows'],
  label: ['labelling', 'pairs'],
  plan: ['planning', 'simulations'],
  estimate: ['estimating', 'fits'],
  judge: ['judging', 'items'],
  load: ['loading', 'tensors'],
  generate: ['generating', 'prompts'],
  logprobs: ['scoring', 'rows'],
  'fine-tune': ['training', 'steps'],
  stage: ['stage', 'steps'],
}

/** Shows how far work has come, on standard error. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void
  /** Ends the bar that is shown; to be called before anything else is printed. */
  stop(): void
}

/** Shows one phase. */
interface Bar {
  show(event: ProgressEvent, words: Words): void
  stop(): void
}

/** What a line says after its label, apart from the share that a bar draws. */
type Words = Readonly<Record<'shown' | 'rate' | 'left' | 'note', string>>

/** Where the shown phase began: rates are of what was done since. */
interface Start {
  readonly phase: Phase
  readonly label: string | undefined
  readonly bar: Bar
  readonly seconds: number
  readonly done: number
}

/** Seconds between two lines where there is no terminal to draw a bar on. */
const lineInterval = 5

const now = (): number => performance.now() / 1000

/** A bar for each phase with rate and time left; on anything but a terminal, a line now and then. */
export function showProgress(quiet = false): ProgressDisplay {
  let start: Start | undefined
  const stop = (): void => {
    start?.bar.stop()
    start = undefined
  }
  const onProgress = (event: ProgressEvent): void => {
    if (start?.phase !== event.phase || start.label !== event.label) {
      stop()
      const bar = process.stderr.isTTY ? drawnBar(event) : plainLines(event)
      start = { phase: event.phase, label: event.label, bar, seconds: now(), done: event.done }
    }
    start.bar.show(event, describe(event, start))
    if (event.done === event.total) stop()
  }
  return { onProgress: quiet ? () => {} : onProgress, stop }
}

/** The line of a phase: `bar` stands before the share, where the total is known. */
function lineOf(event: ProgressEvent, { shown, rate, left, note }: Words, bar = ''): string {
  const { phase, total } = event
  const [name, unit] = labels[phase]
  const label = event.label ?? name
  const share = total === undefined ? shown : `${bar}${shown}/${total}`
  return `${label.padEnd(9)} ${share} ${unit}${rate}${left}${note}`
}

function drawnBar(first: ProgressEvent): Bar {
  const placeholders = { shown: '{shown}', rate: '{rate}', left: '{left}', note: '{note}' }
  const format = lineOf(first, placeholders, '[{bar}] ')
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic)
  return {
    show(event, words) {
      if (bar.isActive) bar.update(event.done, words)
      else bar.start(first.total ?? 0, event.done, words)
    },
    stop: () => bar.stop(),
  }
}

function plainLines(first: ProgressEvent): Bar {
  let line = ''
  let printed = ''
  let seconds = Number.NEGATIVE_INFINITY
  const print = (): void => {
    if (line !== printed) process.stderr.write(`${line}\n`)
    printed = line
    seconds = now()
  }
  return {
    show(event, words) {
      line = lineOf({ ...event, total: first.total }, words)
      if (event.isUrgent || now() - seconds >= lineInterval) print()
    },
    stop: print,
  }
}

/** The words beside the bar; rate and time left only once there is something to tell them from. */
function describe({ phase, done, total, note }: ProgressEvent, start: Start): Words {
  const seconds = now() - start.seconds
  const rate = (done - start.done) / seconds
  const isKnown = seconds > 0.2 && rate > 0
  const left = total === undefined || !isKnown ? undefined : (total - done) / rate
  return {
    shown: Number.isInteger(done) ? `${done}` : done.toFixed(1),
    rate: isKnown
      ? ` | ${rate.toLocaleString('en', { maximumSignificantDigits: 3 })} ${labels[phase][1]}/s`
      : '',
    left: left === undefined ? '' : ` | ${duration(left)} left`,
    note: note ? ` | ${note}` : '',
  }
}

/** A few words for a time: 42 s, 3 min, 2.5 h. */
const duration = (seconds: number): string => {
  if (seconds < 100) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
