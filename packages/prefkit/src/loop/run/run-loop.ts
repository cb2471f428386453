import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackendChoice, resolveBackend } from '@prefkit/tensor'
import { fingerprintModel } from '../../lm/fingerprint-model'
import { PrefkitError } from '../../prefkit-error'
import type { WorkOptions } from '../../reward/progress'
import { continueRun, type RunKind, startRun } from '../../runs/resumable-run'
import type { RunDirectory } from '../../runs/run-directory'
import type { Logger } from '../loggers/logger'
import { mlflowLogger } from '../loggers/mlflow/mlflow-logger'
import { tensorboardLogger } from '../loggers/tensorboard/tensorboard-logger'
import { monitorSettings } from '../monitors/monitor-settings'
import { withoutLines } from './config/read-run-config'
import { parseRunConfig, type RunConfig, type RunSettings } from './config/run-config'
import { driveRun } from './driver/drive-run'
import type { RunListener } from './driver/run-event'
import type { StageResult } from './driver/stage'
import { hasProgress } from './driver/stage-results'
import { preflight } from './preflight/preflight'
import { dataFiles, modelPaths, withRootedPaths } from './run-paths'
import { runStages } from './run-stages'
import { sayingSettings } from './setting-words'

/** Everything that decides what a run comes to; in `config.json` of its directory. */
interface LoopConfig {
  readonly files: readonly string[]
  readonly settings: RunConfig
  /** SHA-256 of each model's files. */
  readonly models: Readonly<Record<string, string>>
  /** The backend that ran it: another would give other last digits. */
  readonly ranOn: string
}

/** How a run is watched and stopped, as opposed to what it does. */
export interface RunLoopOptions extends WorkOptions {
  /** Told of everything that happens. Default: nobody. */
  readonly onEvent?: RunListener
  /** The command that goes on, for messages. Default: `prefkit run --resume <directory>`. */
  readonly resumeWith?: string
  /** Told of the records too, besides the loggers that the settings name. Default: nobody. */
  readonly loggers?: readonly Logger[]
  /** Where a setting stands, for messages, such as `run.yaml:12: policy.rewards[1]`. Default: its name. */
  readonly placeOf?: (path: readonly PropertyKey[]) => string
}

/** A run that is done. */
export interface LoopRun {
  readonly run: RunDirectory
  readonly config: RunConfig
  readonly results: readonly StageResult[]
}

const kind: RunKind<LoopConfig> = {
  command: 'run',
  parse: (value, source) => {
    // Written by this program, as a check of versions has shown; the settings are checked again.
    const saved = value as LoopConfig
    return { ...saved, settings: parseRunConfig(saved.settings, withoutLines(saved.settings, source)) }
  },
}

const backendName = async (backend: BackendChoice): Promise<string> =>
  (await resolveBackend(backend)).backend.name

async function fingerprints(config: RunConfig): Promise<Record<string, string>> {
  const found = modelPaths(config).map(async (path) => [path, await fingerprintModel(path)] as const)
  return Object.fromEntries(await Promise.all(found))
}

/**
 * Makes a run in a new directory: its stages one after the other, each from the files that those before it have written.
 * @param settings as of a configuration file; relative paths are meant from the working directory.
 * @throws PrefkitError `INVALID_CONFIG`, `RUN_EXISTS`, `RUN_LOCKED`, `INTERRUPTED`; what its stages throw.
 */
export async function runLoop(
  settings: RunSettings,
  directory: string,
  options: RunLoopOptions = {},
): Promise<LoopRun> {
  const located = withoutLines(settings, '')
  const config = withRootedPaths(parseRunConfig(settings, located))
  await preflight(config, located)
  const [models, ranOn] = [await fingerprints(config), await backendName(config.backend)]
  const given: LoopConfig = { files: dataFiles(config), settings: config, models, ranOn }
  return startRun(kind, given, directory, {
    work: (run, own) => drive(run, own, options),
    hasResults: (run) => hasProgress(run, runStages(config)),
    discard: async (run) => {
      for (const name of ['stages', 'answers', 'timings.jsonl', 'samples.jsonl', 'alerts.jsonl'])
        await rm(join(run.path, name), { recursive: true, force: true })
    },
  })
}

/**
 * Goes on with a run that was stopped or killed: it comes to what it would have come to.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED` where a file, a model or the backend is not what it was.
 */
export const resumeLoop = (directory: string, options: RunLoopOptions = {}): Promise<LoopRun> =>
  continueRun(kind, directory, async (run, config) => {
    await requireSame(directory, config)
    return drive(run, config, options)
  })

async function requireSame(directory: string, { settings, models, ranOn }: LoopConfig): Promise<void> {
  const now = await fingerprints(settings)
  const changed = Object.keys(models).find((path) => models[path] !== now[path])
  if (changed !== undefined) {
    const message = `${changed}: is not the model that ${directory} began with; begin anew`
    throw new PrefkitError('RUN_CHANGED', message)
  }
  const backend = await backendName(settings.backend)
  if (backend === ranOn) return
  const message = `${directory} began on the ${ranOn} backend, and ${backend} is what runs here: its numbers would differ; begin anew`
  throw new PrefkitError('RUN_CHANGED', message)
}

/** Thresholds as they are used. @throws PrefkitError `INVALID_CONFIG`. */
const requireMonitors = ({ monitors }: RunConfig) =>
  typeof monitors === 'boolean' ? monitors && {} : monitorSettings(monitors)

/** The loggers that settings name. */
function loggersOf({ path }: RunDirectory, settings: RunConfig, onEvent: RunListener = () => {}): Logger[] {
  const { tensorboard, mlflow } = settings.loggers
  const warn = (message: string): void => onEvent({ kind: 'warning', message: `MLflow: ${message}` })
  return [
    ...(tensorboard ? [tensorboardLogger({ directory: join(path, 'tensorboard') })] : []),
    ...(mlflow
      ? [
          mlflowLogger({
            ...{ trackingUri: mlflow.uri, experiment: mlflow.experiment, runName: mlflow.runName ?? path },
            ...{ config: settings, statePath: join(path, 'mlflow.json'), warn },
          }),
        ]
      : []),
  ]
}

async function drive(
  run: RunDirectory,
  { settings }: LoopConfig,
  { onEvent, onProgress, signal, resumeWith, loggers = [], placeOf }: RunLoopOptions,
): Promise<LoopRun> {
  const { checkpointSeconds, samplesEverySteps } = settings
  const how = {
    ...{ stages: runStages(settings), checkpointSeconds, samplesEverySteps },
    monitors: requireMonitors(settings),
    loggers: [...loggersOf(run, settings, onEvent), ...loggers],
    ...(onEvent && { onEvent }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
    ...(resumeWith !== undefined && { resumeWith }),
    ...(placeOf && { placeOf }),
  }
  const results = await sayingSettings(() => driveRun(run, how))
  return { run, config: settings, results }
}
