import { join } from 'node:path'
import { type BackendChoice, resolveBackend } from '@prefkit/tensor'
import { fingerprintModel } from '../../lm/fingerprint-model'
import { PrefkitError } from '../../prefkit-error'
import type { WorkOptions } from '../../reward/progress'
import { fingerprintValue } from '../../runs/fingerprint-value'
import { acceptFiles, continueRun, type RunKind, startRun } from '../../runs/resumable-run'
import { type RunDirectory, requireNoRun } from '../../runs/run-directory'
import { shellCommand } from '../../shell-command'
import type { Logger } from '../loggers/logger'
import { mlflowLogger } from '../loggers/mlflow/mlflow-logger'
import { tensorboardLogger } from '../loggers/tensorboard/tensorboard-logger'
import type { Alert } from '../monitors/monitor'
import { monitorSettings } from '../monitors/monitor-settings'
import { placedBy, withoutLines } from './config/located-by'
import { parseRunConfig, type RunConfig, type RunSettings } from './config/run-config'
import { driveRun } from './driver/drive-run'
import type { RunListener } from './driver/run-event'
import type { StageResult } from './driver/stage'
import { hasProgress } from './driver/stage-results'
import { whereRunStands } from './driver/where-run-stands'
import { preflight } from './preflight/preflight'
import { discardRunFiles, runFiles } from './run-files'
import { dataFiles, modelPaths, withRootedPaths } from './run-paths'
import { runStages } from './run-stages'
import { sayingSettings } from './setting-words'
import { stepSizesOf } from './step-sizes'

/** Everything that decides what a run comes to; in `config.json` of its directory. */
interface LoopConfig {
  readonly files: readonly string[]
  readonly settings: RunConfig
  /** SHA-256 of each model's files. */
  readonly models: Readonly<Record<string, string>>
  /** The backend that ran it: another would give other last digits. */
  readonly ranOn: string
  /** SHA-256 of all that: steps of other settings would be of another run. */
  readonly seal: string
  /** Files that were changed while it went on, and accepted. */
  readonly accepted?: readonly Alert[]
}

/** How a run is watched and stopped, as opposed to what it does. */
export interface RunLoopOptions extends WorkOptions {
  /** Told of everything that happens. Default: nobody. */
  readonly onEvent?: RunListener
  /** The command that goes on, for messages. Default: `prefkit run --resume <directory>`. */
  readonly resumeWith?: string
  /** Seconds that a step has to end once the signal came; then it is stopped in its midst, and made again by what goes on. Default: 10. */
  readonly graceSeconds?: number
  /** Told of the records too, besides the loggers that the settings name. Default: nobody. */
  readonly loggers?: readonly Logger[]
  /** Where a setting stands, for messages, such as `run.yaml:12: policy.rewards[1]`. Default: its name. */
  readonly placeOf?: (path: readonly PropertyKey[]) => string
}

/** How a run is gone on with. */
export interface ResumeLoopOptions extends RunLoopOptions {
  /**
   * Goes on with data files and modules that are not what the run began with, says so, and keeps that for the report. Settings, models and
   * backend have to be what they were all the same. Default: false: such a run is refused.
   */
  readonly acceptChanges?: boolean
}

/** A run that is done. */
export interface LoopRun {
  readonly run: RunDirectory
  readonly config: RunConfig
  readonly results: readonly StageResult[]
}

/** What must stay as it was, as one number. */
const sealOf = ({ files, settings, models, ranOn }: Omit<LoopConfig, 'seal'>): string =>
  fingerprintValue({ files, settings, models, ranOn })

const kind: RunKind<LoopConfig> = {
  command: 'run',
  acceptWith: (directory) => shellCommand(['run', '--resume', directory, '--accept-changes']),
  parse: (value, source) => {
    // Written by this program, as a check of versions has shown; the settings are checked again.
    const saved = value as LoopConfig
    if (saved.seal !== sealOf(saved)) {
      const problem = 'was changed since the run began, whose first steps were made with other settings'
      const remedy = 'put back what it was, or begin a new run with the settings that you want'
      throw new PrefkitError('RUN_CHANGED', `${source}: ${problem}; ${remedy}`)
    }
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
  // Before models are read, which may take long.
  await requireNoRun(directory)
  const { placeOf } = options
  const located = placeOf ? placedBy(settings, placeOf) : withoutLines(settings, '')
  const config = withRootedPaths(parseRunConfig(settings, located))
  await preflight(config, located)
  const [models, ranOn] = [await fingerprints(config), await backendName(config.backend)]
  const given = { files: dataFiles(config), settings: config, models, ranOn }
  return startRun(kind, { ...given, seal: sealOf(given) }, directory, {
    work: (run, own) => drive(run, own, options),
    hasResults: (run) => hasProgress(run, runStages(config)),
    discard: ({ path }) => discardRunFiles(path),
  })
}

/**
 * Goes on with a run that was stopped or killed: it comes to what it would have come to.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED` where a file, a setting, a model or the backend is not what it was.
 */
export async function resumeLoop(directory: string, options: ResumeLoopOptions = {}): Promise<LoopRun> {
  if (options.acceptChanges) await acceptFiles(kind, directory, noteChanges)
  return continueRun(kind, directory, async (run, config) => {
    await requireSame(directory, config)
    return drive(run, config, options)
  })
}

/** Says which files a run goes on with that it did not begin with. */
async function noteChanges(
  run: RunDirectory,
  config: LoopConfig,
  changed: readonly string[],
): Promise<Partial<LoopConfig>> {
  await requireSame(run.path, config)
  const place = await whereRunStands(run, runStages(config.settings))
  const files = changed.length === 1 ? 'is not the file' : 'are not the files'
  const isBegun = place.step > 0 || place.stage !== runStages(config.settings)[0]?.name
  const compared = isBegun
    ? `what follows step ${place.step} of ${place.stage} cannot be compared with what came before, and `
    : ''
  const message =
    `${changed.join(', ')} ${files} that the run began with, which was accepted (--accept-changes): ${compared}` +
    'the same settings would not make this run again.'
  const alert: Alert = { monitor: 'changed-files', ...place, severity: 'warning', message }
  return { accepted: [...(config.accepted ?? []), alert] }
}

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
    ...(tensorboard ? [tensorboardLogger({ directory: join(path, runFiles.tensorboard) })] : []),
    ...(mlflow
      ? [
          mlflowLogger({
            ...{ trackingUri: mlflow.uri, experiment: mlflow.experiment, runName: mlflow.runName ?? path },
            ...{ config: settings, statePath: join(path, runFiles.mlflow), warn },
          }),
        ]
      : []),
  ]
}

async function drive(
  run: RunDirectory,
  { settings, accepted }: LoopConfig,
  { onEvent, onProgress, signal, graceSeconds, resumeWith, loggers = [], placeOf }: RunLoopOptions,
): Promise<LoopRun> {
  const { checkpointSeconds, samplesEverySteps } = settings
  const how = {
    ...{ stages: runStages(settings), checkpointSeconds, samplesEverySteps },
    monitors: requireMonitors(settings),
    stepSizesOf: (stage: string) => stepSizesOf(settings, stage),
    ...(accepted && { notes: accepted }),
    loggers: [...loggersOf(run, settings, onEvent), ...loggers],
    ...(onEvent && { onEvent }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
    ...(graceSeconds !== undefined && { graceSeconds }),
    ...(resumeWith !== undefined && { resumeWith }),
    ...(placeOf && { placeOf }),
  }
  const results = await sayingSettings(() => driveRun(run, how))
  return { run, config: settings, results }
}
