import type { RunEvent, StepTiming } from '../loop/run/driver/run-event'
import type { StageResult } from '../loop/run/driver/stage'
import type { StepRecord } from '../loop/step-record'
import { isKlOfResponses } from '../report/loop/kl-of-responses'
import { counted } from './format-table'
import { type ProgressDisplay, showProgress } from './progress'

const ofResponse = (): string => 'nats a response'

/** Numbers that say how a stage goes, where it has them: in this order, and not all. */
const telling: readonly (readonly [name: string, shown: string, unit?: (record: StepRecord) => string])[] = [
  ['loss', 'loss'],
  ['reward', 'reward'],
  ['rewards/golden/mean', 'golden'],
  ['kl', 'kl', (record) => (isKlOfResponses(Object.keys(record)) ? ofResponse() : 'nats a token')],
  ['objective/kl', 'kl', ofResponse],
  ['accuracy', 'accuracy'],
  ['golden/mean', 'golden'],
  ['label_error', 'label error'],
  ['win_probability', 'win'],
  ['eval_reward', 'held out'],
  ['eval_kl', 'held-out kl', ofResponse],
]

/** What is nearer to 0 is what rounding leaves of a number that is none, such as a divergence before anything is learnt. */
const smallest = 1e-4

const short = (value: number): string => (Math.abs(value) < smallest ? '0.00' : value.toPrecision(3))

/** The numbers of a step that are shown, under words of their own: where there are two of a word, the later. */
export function numbersOf(record: StepRecord): string {
  const texts = new Map<string, string>()
  for (const [name, shown, unit] of telling) {
    const value = record[name]
    if (typeof value === 'number')
      texts.set(shown, `${shown} ${short(value)}${unit ? ` ${unit(record)}` : ''}`)
  }
  return [...texts.values()].join(', ')
}

/** `1.2 s: generate 0.7, score 0.1, learn 0.4`. */
function secondsText(seconds: number, parts: Readonly<Record<string, number>>): string {
  const named = Object.entries(parts).map(([part, own]) => `${part} ${short(own)}`)
  return `${short(seconds)} s${named.length > 0 ? `: ${named.join(', ')}` : ''}`
}

const noteOf = (record: StepRecord, { seconds, parts }: StepTiming): string =>
  [numbersOf(record), secondsText(seconds, parts)].filter((text) => text !== '').join(' | ')

/** Seconds of a step, and of its parts, on the average of a stage. */
const perStep = ({ steps, seconds, parts }: StageResult): string =>
  secondsText(
    seconds / steps,
    Object.fromEntries(Object.entries(parts).map(([part, own]) => [part, own / steps])),
  )

const ended = (result: StageResult): string =>
  result.steps === 0
    ? `${result.stage}: done`
    : `${result.stage}: ${counted(result.steps, 'step')} in ${short(result.seconds)} s; a step takes ${perStep(result)}`

/** Shows a run on standard error as it goes: a bar or a line for each stage, and alerts. */
export interface RunDisplay extends ProgressDisplay {
  readonly onEvent: (event: RunEvent) => void
}

type Handler<Kind extends RunEvent['kind']> = (event: Extract<RunEvent, { kind: Kind }>) => void

/** @param quiet shows nothing but alerts and warnings. */
export function showRun(quiet: boolean): RunDisplay {
  const { onProgress, stop } = showProgress(quiet)
  const say = (text: string): void => {
    // A bar that is drawn would be in the way.
    stop()
    process.stderr.write(`${text}\n`)
  }
  const sayUnlessQuiet = (text: string): void => {
    if (!quiet) say(text)
  }
  const handlers: { readonly [Kind in RunEvent['kind']]: Handler<Kind> } = {
    'run-start': ({ path, stages }) => sayUnlessQuiet(`${path}: ${stages.join(', ')}`),
    'stage-skip': ({ result }) => sayUnlessQuiet(`${result.stage}: done before`),
    'stage-start': ({ stage, step }) => {
      if (step > 0) sayUnlessQuiet(`${stage}: goes on after step ${step}`)
    },
    step: ({ record, totalSteps, timing }) => {
      const { stage, step } = record
      onProgress({
        phase: 'stage',
        label: stage,
        done: step,
        total: totalSteps,
        note: noteOf(record, timing),
      })
    },
    checkpoint: () => {},
    'stage-end': ({ result }) => sayUnlessQuiet(ended(result)),
    alert: ({ alert }) => say(`${alert.severity}: ${alert.stage}, step ${alert.step}: ${alert.message}`),
    warning: ({ message }) => say(`warning: ${message}`),
  }
  return {
    ...{ onProgress, stop },
    onEvent(event) {
      // The table has for each kind the handler of its own.
      const handle = handlers[event.kind] as Handler<RunEvent['kind']>
      handle(event)
    },
  }
}
