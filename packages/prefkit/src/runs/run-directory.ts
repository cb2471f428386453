import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PrefkitError } from '../prefkit-error'
import { ifThere } from './if-there'
import { appendLines, keepLines, readLines } from './json-lines'
import { writeAtomic, writeJson } from './write-atomic'

/** The files of one run, `runs/<id>/`. */
export interface RunDirectory {
  readonly path: string
  /** The resolved configuration, as it was when the run began. */
  readonly configPath: string
  /** One JSON record a step. */
  readonly metricsPath: string
  /** The self-contained report. */
  readonly reportPath: string
  /** The trained model. */
  readonly modelPath: string
}

const checkpointName = /^step-(\d+)$/

/** The layout of a run in this directory; nothing is created. */
const runDirectory = (path: string): RunDirectory => ({
  path,
  configPath: join(path, 'config.json'),
  metricsPath: join(path, 'metrics.jsonl'),
  reportPath: join(path, 'report.html'),
  modelPath: join(path, 'model'),
})

/** What locking a run and looking whether its directory can be written to leave there for as long as they take, or are killed. */
const passingName = /^(lock(\.turn|\.\w+\.tmp)?|\.prefkit-\w+)$/

/** Whether a configuration is one that `prefkit` has written, not another program's. */
function isRunConfig(text: string): boolean {
  try {
    const saved: unknown = JSON.parse(text)
    return typeof saved === 'object' && saved !== null && 'command' in saved && 'prefkit' in saved
  } catch {
    return false
  }
}

/**
 * Makes sure that a run can begin in this directory: one that is missing, or has nothing in it that a run would mix with its own.
 * @throws PrefkitError `RUN_EXISTS` when the directory holds a run already, or anything else; `DATA_CORRUPT` where nobody can look.
 */
export async function requireNoRun(path: string): Promise<void> {
  const names = ((await ifThere(path, () => readdir(path))) ?? []).filter((name) => !passingName.test(name))
  if (names.length === 0) return
  const config = await readFile(runDirectory(path).configPath, 'utf8').catch(() => '')
  const remedy = 'choose another --out'
  if (isRunConfig(config))
    throw new PrefkitError('RUN_EXISTS', `${path} holds a run already; ${remedy}, or --resume ${path}`)
  const shown = [...names.sort().slice(0, 3), ...(names.length > 3 ? ['…'] : [])].join(', ')
  throw new PrefkitError('RUN_EXISTS', `${path} is not empty (${shown}): ${remedy}`)
}

/**
 * Begins a run: writes its configuration. To be called with the run locked: another process could begin one between the
 * look and the writing.
 * @throws PrefkitError as {@link requireNoRun}; `WRITE_FAILED`, which leaves no run.
 */
export async function beginRun(path: string, config: unknown): Promise<RunDirectory> {
  await requireNoRun(path)
  const run = runDirectory(path)
  try {
    await writeJson(run.configPath, config)
    await writeAtomic(run.metricsPath, '')
  } catch (error) {
    await removeRun(run)
    throw error
  }
  return run
}

/**
 * Opens a run to go on with it.
 * @throws PrefkitError `RUN_NOT_FOUND` when there is none, `DATA_CORRUPT` when its configuration is no JSON.
 */
export async function openRun(path: string): Promise<{ run: RunDirectory; config: unknown }> {
  const run = runDirectory(path)
  const text = await readFile(run.configPath, 'utf8').catch((cause: unknown) => {
    throw new PrefkitError('RUN_NOT_FOUND', `${path} is no run: it has no config.json`, { cause })
  })
  try {
    return { run, config: JSON.parse(text) }
  } catch (cause) {
    throw new PrefkitError(
      'DATA_CORRUPT',
      `${run.configPath} is no valid JSON: ${(cause as Error).message}`,
      { cause },
    )
  }
}

/**
 * Appends records to the run's metrics, and flushes them: a checkpoint that counts them may follow.
 * @throws PrefkitError `WRITE_FAILED`, such as when the disk is full.
 */
export const appendMetrics = (run: RunDirectory, records: readonly object[]): Promise<void> =>
  appendLines(run.metricsPath, records)

/**
 * Reads the metrics back; a last line cut short by a kill is left out.
 * @throws PrefkitError `DATA_CORRUPT` naming the line that is no JSON.
 */
export const readMetrics = <Record>(run: RunDirectory): Promise<Record[]> => readLines(run.metricsPath)

/** Drops what was logged after the first `count` records, as a resumed run logs it again. */
export const keepMetrics = (run: RunDirectory, count: number): Promise<void> =>
  keepLines(run.metricsPath, count)

/**
 * Removes a run that came to nothing, as far as it can be: the error that brought it there is the one to be told. To be
 * called with the run locked.
 */
export async function removeRun(run: RunDirectory): Promise<void> {
  for (const path of [run.configPath, run.metricsPath]) await rm(path, { force: true }).catch(() => {})
}

/** Where the run keeps a checkpoint of this many logged steps. */
export const checkpointPath = (run: RunDirectory, step: number): string =>
  join(run.path, 'checkpoints', `step-${step}`)

/** The run's newest checkpoint and its number of logged steps, or `undefined`. @throws PrefkitError `DATA_CORRUPT` where nobody can look. */
export async function latestCheckpoint(
  run: RunDirectory,
): Promise<{ readonly path: string; readonly step: number } | undefined> {
  const steps = await checkpointSteps(run)
  if (steps.length === 0) return undefined
  const step = Math.max(...steps)
  return { path: checkpointPath(run, step), step }
}

/** Removes the checkpoints before this one, and what a kill left of half-written ones. */
export async function removeOtherCheckpoints(run: RunDirectory, step: number): Promise<void> {
  const parent = join(run.path, 'checkpoints')
  const others = (await readdir(parent)).filter((name) => name !== `step-${step}`)
  await Promise.all(others.map((name) => rm(join(parent, name), { recursive: true, force: true })))
}

async function checkpointSteps(run: RunDirectory): Promise<number[]> {
  const path = join(run.path, 'checkpoints')
  const names = (await ifThere(path, () => readdir(path))) ?? []
  return names.flatMap((name) => checkpointName.exec(name)?.[1] ?? []).map(Number)
}
