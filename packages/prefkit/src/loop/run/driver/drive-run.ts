import { mkdir } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { PrefkitError } from '../../../prefkit-error'
import type { ProgressEvent } from '../../../reward/progress'
import type { RunDirectory } from '../../../runs/run-directory'
import { shellCommand } from '../../../shell-command'
import type { Logger } from '../../loggers/logger'
import type { Alert } from '../../monitors/monitor'
import type { MonitorSettings } from '../../monitors/monitors'
import { watchRun } from '../../monitors/monitors'
import type { StepRecord } from '../../step-record'
import { releasedOnError } from '../closers'
import { sayHowToGoOn } from './how-to-go-on'
import { type PatientStop, patientStop } from './patient-stop'
import type { RunEvent, RunListener } from './run-event'
import { noLines, openJournal, type RunJournal, readRunRows } from './run-journal'
import { distributionsOf, sampleRows } from './sample-rows'
import { isDivergence, sayWhereDiverged } from './say-where-diverged'
import type { OpenedStage, Stage, StageContext, StageResult, StageStep } from './stage'
import { loadCheckpoint, removeCheckpoints, saveCheckpoint } from './stage-checkpoint'
import { hasProgress, type KeptResult, readResult, stagePath, writeResult } from './stage-results'
import { type QuietLogger, quietLogger } from './watching'

/** How a run is driven, as opposed to what its stages do. */
export interface DriveOptions {
  /** In order. */
  readonly stages: readonly Stage[]
  /** Least seconds between two checkpoints: what a kill costs, and at most a step more. Default: 60. */
  readonly checkpointSeconds?: number
  /** Keeps some responses every so many steps. Default: 5. */
  readonly samplesEverySteps?: number
  /** Thresholds of what watches the records; false for no watching. Default: all monitors at their own. */
  readonly monitors?: MonitorSettings | false
  /** What is to be known of the run beside what its monitors say: kept in alerts.jsonl, once. Default: nothing. */
  readonly notes?: readonly Alert[]
  /** Told of every record. Default: nobody. */
  readonly loggers?: readonly Logger[]
  /** Told of everything. Default: nobody. */
  readonly onEvent?: RunListener
  /** How far what takes long before the first step of a stage is. Default: nobody. */
  readonly onProgress?: (event: ProgressEvent) => void
  /**
   * Stops it, and `INTERRUPTED` is thrown: after the step that it is at, which a checkpoint keeps, where that ends soon; in its midst where
   * not, and then it goes on from the last checkpoint.
   */
  readonly signal?: AbortSignal
  /** Seconds that a step has to end once the signal came. Default: 10. */
  readonly graceSeconds?: number
  /** The command that goes on, for messages. Default: `prefkit run --resume <directory>`. */
  readonly resumeWith?: string
  /** Where a setting stands, for messages. Default: its name. */
  readonly placeOf?: StageContext['placeOf']
  /** Step sizes of a stage by their settings, for messages. Default: none are known. */
  readonly stepSizesOf?: (stage: string) => Readonly<Record<string, number>>
}

/** What the stages of a run share. */
interface Driving extends DriveOptions {
  readonly resumeWith: string
  readonly stop: PatientStop
  readonly run: RunDirectory
  readonly logger: QuietLogger
  readonly tell: (event: RunEvent) => void
}

const interrupted = (what: string, cause: unknown): PrefkitError =>
  new PrefkitError('INTERRUPTED', `stopped; ${what}`, { cause })

/** Whether it is the signal that an error comes from: judges and readers of files have errors of their own for it. */
const isOf = (signal: AbortSignal | undefined, error: unknown): boolean =>
  signal?.aborted === true &&
  (error === signal.reason || (error instanceof Error && 'code' in error && error.code === 'INTERRUPTED'))

/**
 * Makes the stages of a run, one after the other, from wherever an earlier session has left it: what is done is not done again, and a
 * stage that was stopped or killed goes on from its last checkpoint. metrics.jsonl and samples.jsonl come out the same, byte for byte, as
 * those of a run that was never stopped. To be called with the run locked.
 * @returns what each stage came to.
 * @throws PrefkitError `INTERRUPTED`, `DATA_CORRUPT`, `WRITE_FAILED`; what the stages throw: where there is anything to go on with, their
 *   messages say how, but for `DIVERGED`, which settings that are sealed would lead to again.
 */
export async function driveRun(run: RunDirectory, options: DriveOptions): Promise<StageResult[]> {
  const tell = options.onEvent ?? (() => {})
  const warn = (message: string): void => tell({ kind: 'warning', message })
  const {
    resumeWith = shellCommand(['run', '--resume', run.path]),
    loggers = [],
    graceSeconds = 10,
  } = options
  const stop = patientStop(options.signal, graceSeconds)
  const driving: Driving = { ...options, run, tell, resumeWith, stop, logger: quietLogger(loggers, warn) }
  const { stages, logger, signal } = driving
  tell({ kind: 'run-start', path: run.path, stages: stages.map(({ name }) => name) })
  try {
    const results = await driveStages(driving)
    await logger.close('finished')
    return results
  } catch (error) {
    const isStopped = isOf(signal, error)
    await logger.close(isStopped ? 'killed' : 'failed')
    const goesOn = await hasProgress(run, stages)
    if (isStopped) throw interrupted(goesOn ? `go on with: ${resumeWith}` : 'no step was done', error)
    throw goesOn && !isDivergence(error) ? sayHowToGoOn(error, resumeWith) : error
  } finally {
    stop.release()
  }
}

async function driveStages(driving: Driving): Promise<StageResult[]> {
  const { run, stages, tell, logger, signal, stop } = driving
  const done = await keptResults(driving)
  const rest = stages.slice(done.length)
  const checkpoint = rest[0] && (await loadCheckpoint(run, rest[0].name))
  const journal = await openJournal(run.path, checkpoint?.lines ?? done.at(-1)?.lines ?? noLines)
  await keepNotes(journal, driving)
  const records = await readRunRows(run.path, 'metrics')
  await logger.keep(records)
  const { monitors = {} } = driving
  const watch = monitors === false ? () => [] : watchRun(monitors, records)
  const warned = new Set<string>()
  for (const stage of rest) {
    signal?.throwIfAborted()
    const resume = stage === rest[0] ? checkpoint?.state : undefined
    tell({ kind: 'stage-start', stage: stage.name, step: resume?.step ?? 0 })
    const opened = await stage.open(await contextOf(stage, done, driving))
    const release = (): Promise<void> => stop.free(() => opened.release())
    await releasedOnError({ release }, async () => {
      const steps = sayingWhere(opened.steps(resume), stage, resume?.step ?? 0, driving)
      await driveSteps(stage, steps, { journal, watch, warned }, driving)
      done.push(await finished(stage, opened, journal, driving))
    })
    await release()
    tell({ kind: 'stage-end', result: done.at(-1)!.result })
  }
  return done.map(({ result }) => result)
}

/** Notes that are not in the file: of this session, or of one that was killed before its next checkpoint. */
async function keepNotes(journal: RunJournal, { run, notes = [], tell }: Driving): Promise<void> {
  const kept = await readRunRows(run.path, 'alerts')
  const missing = notes.filter((note) => !kept.some((row) => isDeepStrictEqual(row, note)))
  await journal.append('alerts', missing)
  for (const { message } of missing) tell({ kind: 'warning', message })
}

/** What earlier sessions have finished: the first so many stages. */
async function keptResults({ run, stages, tell }: Driving): Promise<KeptResult[]> {
  const done: KeptResult[] = []
  for (const { name } of stages) {
    const kept = await readResult(run.path, name)
    if (!kept) break
    done.push(kept)
    tell({ kind: 'stage-skip', result: kept.result })
  }
  return done
}

async function contextOf(
  { name }: Stage,
  done: readonly KeptResult[],
  { run, onProgress, stop, tell, placeOf }: Driving,
): Promise<StageContext> {
  const path = stagePath(run.path, name)
  await mkdir(path, { recursive: true })
  const results = new Map(done.map(({ result }) => [result.stage, result]))
  const onWarning = (message: string): void => tell({ kind: 'warning', message })
  return { path, results, onProgress, signal: stop.signal, onWarning, ...(placeOf && { placeOf }) }
}

/** Where steps are written to, and what watches them. */
interface Logging {
  readonly journal: RunJournal
  readonly watch: (record: StepRecord) => Alert[]
  /** Losses, by stage and name, that were said to be no numbers. */
  readonly warned: Set<string>
}

/** The same steps: what diverges in one is said to be of that. */
async function* sayingWhere(
  steps: ReturnType<OpenedStage['steps']>,
  { name }: Stage,
  made: number,
  { stepSizesOf }: Driving,
): AsyncGenerator<StageStep, void, void> {
  let last = made
  try {
    for await (const step of steps) {
      yield step
      last = step.step
    }
  } catch (error) {
    throw isDivergence(error) ? sayWhereDiverged(error, name, last + 1, stepSizesOf?.(name)) : error
  }
}

/** All steps that there are still to make, each logged; a checkpoint where one is due, and after the last. */
async function driveSteps(
  { name: stage }: Stage,
  steps: AsyncGenerator<StageStep, void, void>,
  logging: Logging,
  driving: Driving,
): Promise<void> {
  const { run, checkpointSeconds = 60, tell, signal, stop } = driving
  let saved = performance.now()
  let began = performance.now()
  for await (const step of stop.steps(steps)) {
    const seconds = (performance.now() - began) / 1000
    await logStep(stage, step, seconds, logging, driving)
    const isStopped = signal?.aborted === true
    if (isStopped || step.step === step.totalSteps || performance.now() - saved >= 1000 * checkpointSeconds) {
      await saveCheckpoint(run, { stage, lines: logging.journal.counts(), state: await step.state() })
      tell({ kind: 'checkpoint', stage, step: step.step })
      saved = performance.now()
    }
    if (isStopped) throw signal.reason
    began = performance.now()
  }
}

/** What could be computed: a number that is none has no place in JSON. */
const recordOf = (stage: string, { step, metrics }: StageStep): StepRecord => ({
  ...{ stage, step },
  ...Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))),
})

/** Losses that are no number, by name: a model that learns from such ones learns nothing, or is lost. */
const lostLosses = ({ metrics }: StageStep): string[] =>
  Object.keys(metrics).filter((name) => /(^|[/_])loss(\/|$)/.test(name) && !Number.isFinite(metrics[name]))

async function logStep(
  stage: string,
  step: StageStep,
  seconds: number,
  { journal, watch, warned }: Logging,
  { samplesEverySteps = 5, logger, tell }: Driving,
): Promise<void> {
  const { rollouts = [], heldOut = [], totalSteps } = step
  const isSampled = step.step === 1 || step.step % samplesEverySteps === 0
  const place = { stage, step: step.step }
  const record = recordOf(stage, step)
  const timing = { ...place, seconds, parts: step.seconds }
  const samples = sampleRows(place, isSampled ? rollouts : [], heldOut)
  await journal.append('timings', [timing])
  await journal.append('samples', samples)
  const alerts = watch(record)
  await journal.append('alerts', alerts)
  await journal.append('metrics', [record])
  await logger.step(record, rollouts.length > 0 ? distributionsOf(place, rollouts) : undefined)
  tell({ kind: 'step', record, totalSteps, timing, samples, rollouts })
  for (const alert of alerts) tell({ kind: 'alert', alert })
  for (const name of lostLosses(step)) {
    if (warned.has(`${stage} ${name}`)) continue
    warned.add(`${stage} ${name}`)
    const where = `${name} of ${stage} is ${step.metrics[name]} at step ${step.step}`
    tell({ kind: 'warning', message: `${where}, which is no number and left out of metrics.jsonl` })
  }
}

async function finished(
  { name }: Stage,
  opened: OpenedStage,
  journal: RunJournal,
  { run }: Driving,
): Promise<KeptResult> {
  const summary = await opened.finish()
  const lines = journal.counts()
  const timings = await readRunRows(run.path, 'timings')
  const result = await writeResult(run.path, name, { lines, timings, summary })
  await removeCheckpoints(run)
  return { lines, result }
}
