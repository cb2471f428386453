import { isDeepStrictEqual } from 'node:util'
import {
  checkPairData,
  describeFeatures,
  fitRewardModel,
  type PairData,
  pairsFromComparisons,
  type RewardModel,
  type TrainingProgress,
  type TrainingRecord,
  type TrainingState,
} from '@prefkit/reward-models'
import type { Embedder } from '@prefkit/reward-models/embedders'
import {
  loadTrainingState,
  saveRewardModel,
  saveTrainingState,
  type TrainingIdentity,
} from '@prefkit/reward-models/files'
import { PrefkitError } from '../prefkit-error'
import { withRunLocked } from '../runs/lock-run'
import { requireWritable } from '../runs/require-writable'
import {
  appendMetrics,
  beginRun,
  checkpointPath,
  keepMetrics,
  latestCheckpoint,
  openRun,
  type RunDirectory,
  readMetrics,
  removeOtherCheckpoints,
  removeRun,
  requireNoRun,
} from '../runs/run-directory'
import { version } from '../version'
import { embedWithCache } from './embed-with-cache'
import { embeddingsFolder } from './embeddings-folder'
import { evaluateReward, type RewardEvaluation } from './evaluate-reward'
import { runnerOf } from './model-runner'
import { type WorkOptions, watchEmbedding } from './progress'
import { readTrainAndTest, type TrainAndTest } from './read-comparisons'
import { fingerprint, parseRewardConfig, type RewardConfig } from './reward-config'

/** How a training runs, as opposed to what it learns. */
export interface TrainRewardOptions extends WorkOptions {
  /** Folder of the embeddings that are kept. Default: `.prefkit/embeddings`. */
  readonly cacheDirectory?: string
  /** Least seconds between two checkpoints: what a kill costs, and at most an epoch more. Default: 1. */
  readonly checkpointSeconds?: number
}

/** A finished training. */
export interface RewardRun {
  readonly run: RunDirectory
  readonly config: RewardConfig
  readonly model: RewardModel
  readonly data: TrainAndTest
  /** A record a step, from the first one on. */
  readonly records: readonly TrainingRecord[]
  /** On the test part; absent when nothing was kept for it. */
  readonly evaluation?: RewardEvaluation
  /** What ran the training. */
  readonly backend: string
  /** How long it took; absent when it was resumed. */
  readonly trainingSeconds?: number | undefined
}

/** What `config.json` holds. */
interface SavedConfig {
  readonly command: 'reward train'
  readonly prefkit: string
  readonly backend: string
  readonly config: RewardConfig
  /** SHA-256 of each data file. */
  readonly data: Readonly<Record<string, string>>
  /** Which vectors were learned from. */
  readonly embedder: string
}

/**
 * Trains a reward model on files of comparisons, in a new run directory: configuration, metrics, checkpoints, model.
 * Nothing is written before data and options are known to be sound.
 * @throws PrefkitError `RUN_EXISTS` when the directory holds a run, `RUN_LOCKED` when another process works on it,
 *   `INTERRUPTED` when the signal stopped it.
 */
export async function trainReward(
  config: RewardConfig,
  directory: string,
  options: TrainRewardOptions = {},
): Promise<RewardRun> {
  await requireWritable(directory)
  await requireNoRun(directory)
  const data = await fingerprint(config.data)
  const prepared = await prepare(config, options)
  const backend = await backendName(config)
  const embedder = prepared.embedder.id
  const saved: SavedConfig = { command: 'reward train', prefkit: version, backend, config, data, embedder }
  return withRunLocked(directory, async () =>
    train(await beginRun(directory, saved), saved, prepared, options),
  )
}

/**
 * Goes on with a run that was stopped or killed, from its last checkpoint: the result is the one it would have had.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED` when another process works on it, `RUN_CHANGED` when a data file,
 *   the backend or the run itself is not what it was.
 */
export async function resumeReward(directory: string, options: TrainRewardOptions = {}): Promise<RewardRun> {
  const { run, config: content } = await openRun(directory)
  const saved = content as Partial<SavedConfig>
  if (saved.command !== 'reward train' || !saved.data) {
    throw new PrefkitError('DATA_CORRUPT', `${run.configPath}: is not the configuration of a reward training`)
  }
  const config = parseRewardConfig(saved.config, `${run.configPath}: config`)
  const now = await fingerprint(config.data)
  const changed = Object.keys(now).find((path) => now[path] !== saved.data?.[path])
  if (changed !== undefined) {
    throw new PrefkitError(
      'RUN_CHANGED',
      `${changed}: is not the file that ${directory} began with; train anew`,
    )
  }
  const backend = await backendName(config)
  if (backend !== saved.backend) {
    const message = `${directory} began on the ${saved.backend} backend, and ${backend} is what runs here`
    throw new PrefkitError('RUN_CHANGED', `${message}: its numbers would differ; train anew`)
  }
  const prepared = await prepare(config, options)
  if (prepared.embedder.id !== saved.embedder) {
    const message = `${directory} began with vectors of ${saved.embedder}, and the embedder is ${prepared.embedder.id} now`
    throw new PrefkitError('RUN_CHANGED', `${message}: train anew`)
  }
  return withRunLocked(directory, async () => {
    // Another process may have removed the run, as one that came to nothing, and begun another in its place.
    if (!isDeepStrictEqual((await openRun(directory)).config, content)) {
      const message = `${run.configPath} was replaced while its data was read: another run is in ${directory} now`
      throw new PrefkitError('RUN_CHANGED', message)
    }
    return train(run, saved as SavedConfig, prepared, options)
  })
}

const backendName = ({ model, backend }: RewardConfig): Promise<string> => runnerOf(model).name(backend)

/** What training starts from. */
interface Prepared {
  readonly data: TrainAndTest
  readonly embedder: Embedder
  readonly pairs: PairData
}

/** Reads the comparisons and makes features of them. */
async function prepare(
  { data: { softLabels, ...files }, features, model }: RewardConfig,
  { onProgress, signal, cacheDirectory = embeddingsFolder }: TrainRewardOptions,
): Promise<Prepared> {
  const data = await readTrainAndTest({ softLabels, ...files }, model.seed, { onProgress, signal })
  const embedder = await embedWithCache(features.embedder, cacheDirectory)
  const pairs = await pairsFromComparisons(
    data.train,
    { embedder, parts: features.parts, softLabels },
    watchEmbedding({ onProgress, signal }),
  ).catch((error: unknown) => {
    if (!signal?.aborted) throw error
    throw new PrefkitError(
      'INTERRUPTED',
      `stopped; embeddings are kept in ${cacheDirectory}: run the same again`,
    )
  })
  checkPairData(pairs)
  return { data, embedder, pairs }
}

/** Trains in a run that is locked; one that fails before its first checkpoint is not kept. */
async function train(
  run: RunDirectory,
  saved: SavedConfig,
  prepared: Prepared,
  options: TrainRewardOptions,
): Promise<RewardRun> {
  try {
    return await trainToEnd(run, saved, prepared, options)
  } catch (error) {
    const isStopped = PrefkitError.isInstance(error) && error.code === 'INTERRUPTED'
    if (!isStopped && !(await latestCheckpoint(run))) await removeRun(run)
    throw error
  }
}

async function trainToEnd(
  run: RunDirectory,
  { config, backend }: SavedConfig,
  { data, embedder, pairs }: Prepared,
  options: TrainRewardOptions,
): Promise<RewardRun> {
  const { onProgress, signal } = options
  const identity = { options: config.model, inputs: pairs.features.columns }
  const checkpoint = await latestCheckpoint(run)
  await keepMetrics(run, checkpoint?.step ?? 0)
  const resume = checkpoint && (await loadTrainingState(checkpoint.path, identity))

  const begun = performance.now()
  const steps = fitRewardModel(pairs, config.model, { backend: config.backend, resume })
  const trained = await logSteps(steps, run, { identity, logged: checkpoint?.step ?? 0, options })
  const trainingSeconds = resume ? undefined : (performance.now() - begun) / 1000
  const { embedder: spec, parts } = config.features
  const model: RewardModel = { ...trained, features: describeFeatures(spec, embedder, parts) }
  await saveRewardModel(run.modelPath, model)
  const evaluation =
    data.test.length > 0
      ? await evaluateReward(model, data.test, embedder, { onProgress, signal })
      : undefined
  const records = await readMetrics<TrainingRecord>(run)
  return { run, config, model, data, records, backend, trainingSeconds, ...(evaluation && { evaluation }) }
}

/** Runs a training to its end, logging every step and keeping a checkpoint. */
async function logSteps(
  steps: AsyncGenerator<TrainingProgress, RewardModel>,
  run: RunDirectory,
  { identity, logged: before, options }: LogSettings,
): Promise<RewardModel> {
  const { epochs, members } = identity.options
  const { checkpointSeconds = 1 } = options
  let records: TrainingRecord[] = []
  let logged = before
  let saved = performance.now()
  let unsaved: TrainingState | undefined
  const save = async (): Promise<void> => {
    if (!unsaved) return
    await saveTrainingState(checkpointPath(run, logged), unsaved, identity)
    await removeOtherCheckpoints(run, logged)
    saved = performance.now()
    unsaved = undefined
  }
  for (;;) {
    if (options.signal?.aborted) {
      await save()
      await steps.return(undefined as never)
      throw interrupted(run)
    }
    const next = await steps.next()
    if (next.done) {
      await save()
      return next.value
    }
    const { record, state } = next.value
    records.push(record)
    const { epoch, member, loss, eval_loss, eval_accuracy } = record
    const held =
      eval_loss === undefined ? '' : `, held out ${eval_loss.toFixed(4)} (${percent(eval_accuracy!)})`
    options.onProgress?.({
      phase: 'train',
      done: member * epochs + epoch,
      total: members * epochs,
      note: `loss ${loss.toFixed(4)}${held}`,
    })
    if (!state) continue
    await appendMetrics(run, records)
    logged += records.length
    records = []
    unsaved = state
    if (performance.now() - saved >= 1000 * checkpointSeconds) await save()
  }
}

interface LogSettings {
  readonly identity: TrainingIdentity<RewardConfig['model']>
  /** Records in the run's metrics before the first step. */
  readonly logged: number
  readonly options: TrainRewardOptions
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const interrupted = (run: RunDirectory): PrefkitError =>
  new PrefkitError('INTERRUPTED', `stopped; go on with: prefkit reward train --resume ${run.path}`)
