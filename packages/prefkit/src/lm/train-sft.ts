import { join } from 'node:path'
import {
  completionLogProbs,
  contextLength,
  type Datum,
  LmError,
  type LoadedLanguageModel,
  lowRankOf,
  type SftRecord,
  type SftState,
  sft,
  type Weights,
} from '@prefkit/lm'
import { loadTrainingState, saveAdapter, saveCheckpoint, saveTrainingState } from '@prefkit/lm/files'
import { resolveBackend } from '@prefkit/tensor'
import { resumeCommand } from '../judge/resume-command'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import { continueRun, type RunKind, startRun } from '../runs/resumable-run'
import {
  appendMetrics,
  checkpointPath,
  keepMetrics,
  latestCheckpoint,
  type RunDirectory,
  readMetrics,
  removeOtherCheckpoints,
} from '../runs/run-directory'
import { writeAtomic } from '../runs/write-atomic'
import { readRows } from '../tables/read-rows'
import { completionRow } from './completion-rows'
import { requireEncoding } from './encode-prompt'
import { fingerprintModel } from './fingerprint-model'
import { openLanguageModel } from './open-language-model'
import { requireModel } from './require-model'
import { requireMicroBatch, requireRank } from './require-sft'
import { risingLoss } from './rising-loss'
import { parseSftConfig, type SftConfig } from './sft-config'
import { sftDatum } from './sft-data'
import { stepSizes } from './step-sizes'

/** How a fine-tuning runs, as opposed to what it learns. */
export interface TrainSftOptions extends WorkOptions {
  /** Least seconds between two checkpoints: what a kill costs, and at most a step more. Default: 60. */
  readonly checkpointSeconds?: number
  /** Told once when the loss has risen far above the first. Default: nobody. */
  readonly onWarning?: (text: string) => void
}

/** A step of a run, under TRL's names. */
export interface SftRunRecord extends SftRecord {
  /** Mean of −ln p over the targets of the validation rows, at the end of an epoch. */
  readonly eval_loss?: number
}

/** A finished fine-tuning. */
export interface SftRun {
  readonly run: RunDirectory
  readonly config: SftConfig
  /** A record a step, from the first one on. */
  readonly records: readonly SftRunRecord[]
  readonly rows: number
  readonly validationRows: number
  /** Numbers that were trained. */
  readonly parameters: number
}

/** Runs of `prefkit lm sft`. */
const sftRuns: RunKind<SftConfig> = { command: 'lm sft', parse: parseSftConfig }

/** A configuration without what is found out of the model and the machine. */
export type SftWishes = Omit<SftConfig, 'fingerprint' | 'ranOn'>

const backendName = async ({ backend }: Pick<SftConfig, 'backend'>): Promise<string> =>
  (await resolveBackend(backend)).backend.name

/**
 * Fine-tunes a model on the rows of files, in a new run directory: configuration, metrics, checkpoints, and an adapter or a
 * whole model. Nothing is written before data and options are known to be sound.
 * @throws PrefkitError `INVALID_CONFIG`, `RUN_EXISTS`, `RUN_LOCKED`, `BAD_ROW`, `INTERRUPTED`; LmError.
 */
export async function trainSft(
  wishes: SftWishes,
  directory: string,
  options: TrainSftOptions = {},
): Promise<SftRun> {
  const ranOn = await backendName(wishes)
  await requireModel(wishes.model)
  const fingerprint = await fingerprintModel(wishes.model, wishes)
  const config = parseSftConfig({ ...wishes, fingerprint, ranOn }, 'command line')
  let prepared: Prepared | undefined
  try {
    return await startRun(sftRuns, config, directory, {
      prepare: async (resolved) => {
        prepared = await prepare(resolved, options)
        return prepared
      },
      work: (run, resolved, found) => train(run, resolved, found!, options),
      // What led to a loss that is no number is worth a look, without a checkpoint too.
      hasResults: async (run) => (await readMetrics(run)).length > 0,
    })
  } finally {
    await prepared?.model.release()
  }
}

/**
 * Goes on with a run that was stopped or killed, from its last checkpoint: the result is the one it would have had.
 * @throws PrefkitError `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_CHANGED` where a file, the model or the backend is not what it was.
 */
export const resumeSft = (directory: string, options: TrainSftOptions = {}): Promise<SftRun> =>
  continueRun(sftRuns, directory, async (run, config) => {
    await requireSame(directory, config)
    const prepared = await prepare(config, options)
    try {
      return await train(run, config, prepared, options)
    } finally {
      await prepared.model.release()
    }
  })

async function requireSame(directory: string, config: SftConfig): Promise<void> {
  if ((await fingerprintModel(config.model, config)) !== config.fingerprint) {
    const message = `${config.model}: is not the model that ${directory} began with; begin anew`
    throw new PrefkitError('RUN_CHANGED', message)
  }
  const now = await backendName(config)
  if (now === config.ranOn) return
  const message = `${directory} began on the ${config.ranOn} backend, and ${now} is what runs here: its numbers would differ; begin anew`
  throw new PrefkitError('RUN_CHANGED', message)
}

/** What training starts from. */
interface Prepared {
  readonly model: LoadedLanguageModel
  readonly data: readonly Datum[]
  readonly validation: readonly Datum[]
}

async function prepare(config: SftConfig, work: TrainSftOptions): Promise<Prepared> {
  const { files, trainingFiles, lora, chat, system } = config
  const read = async (paths: readonly string[]) => (await readRows(paths, work)).map(completionRow)
  const rows = await read(files.slice(0, trainingFiles))
  const held = trainingFiles < files.length ? await read(files.slice(trainingFiles)) : []
  await requireRank(config)
  // Where all parameters train, those that the loss is measured with change.
  const variables = lora ? undefined : 'all'
  const model = await openLanguageModel(config, work, variables)
  try {
    const encoding = requireEncoding(model)
    const maxLength = Math.min(config.maxLength, contextLength(model.config))
    const [data, validation] = [rows, held].map((list) =>
      list.map((row) => sftDatum(encoding, row, { chat, system, maxLength })),
    ) as [Datum[], Datum[]] // as many as there are lists
    requireMicroBatch(config, data, rows)
    return { model, data, validation }
  } catch (error) {
    await model.release()
    throw error
  }
}

/** Mean of −ln p over the targets of data, with weights as they are now. */
async function lossOn(
  { model, validation }: Prepared,
  { lora }: SftConfig,
  trained: Weights,
  signal: AbortSignal | undefined,
): Promise<number> {
  model.update(lora ? { lowRank: lowRankOf(lora, trained) } : { weights: trained })
  const items = validation.map(({ tokens }) => ({
    prompt: Array.from(tokens).slice(0, 1),
    completion: Array.from(tokens).slice(1),
  }))
  const found = await completionLogProbs(model, items, { ...(signal && { signal }) })
  let [sum, targets] = [0, 0]
  validation.forEach(({ completionMask }, row) => {
    found[row]!.forEach((logProb, i) => {
      if (completionMask[i + 1] !== 1) return
      sum -= logProb
      targets++
    })
  })
  return sum / targets
}

async function train(
  run: RunDirectory,
  config: SftConfig,
  prepared: Prepared,
  options: TrainSftOptions,
): Promise<SftRun> {
  const checkpoint = await latestCheckpoint(run)
  await keepMetrics(run, checkpoint?.step ?? 0)
  const resume = checkpoint && (await loadTrainingState<SftState>(checkpoint.path))
  const trained = await logSteps(run, config, prepared, { resume, ...options })
  await saveTrained(run, config, prepared.model, trained)
  const records = await readMetrics<SftRunRecord>(run)
  const parameters = Object.values(trained).reduce((sum, { data }) => sum + data.length, 0)
  const { data: rows, validation } = prepared
  return { run, config, records, rows: rows.length, validationRows: validation.length, parameters }
}

const interrupted = (run: RunDirectory): PrefkitError =>
  new PrefkitError('INTERRUPTED', `stopped; go on with: ${resumeCommand('lm sft', run)}`)

interface Running extends TrainSftOptions {
  readonly resume?: SftState | undefined
}

/** A training that came to no number, with what is left of it. */
function keptAfter(error: unknown, { path }: RunDirectory): unknown {
  if (!LmError.isInstance(error) || error.code !== 'DIVERGED') return error
  // Without the function that found it.
  const problem = error.message.replace(/^\w+: /, '').replace('a learningRate', 'a --learning-rate')
  return new LmError('DIVERGED', `${problem}; the steps before it are in ${path}`, { cause: error })
}

/** Trains to the end, logging every step and keeping a checkpoint. */
async function logSteps(
  run: RunDirectory,
  config: SftConfig,
  prepared: Prepared,
  { resume, onProgress, onWarning, signal, checkpointSeconds = 60 }: Running,
): Promise<Weights> {
  const { lora, epochs, batchSize, weightDecay, maxGradNorm, seed, backend } = config
  const { model, data, validation } = prepared
  const { microBatchTokens } = config
  const learningRate = stepSizes(config, epochs * Math.ceil(data.length / batchSize))
  const steps = sft(model.config, model.weights, data, {
    ...{ epochs, batchSize, learningRate, weightDecay, maxGradNorm, seed, backend },
    ...(microBatchTokens !== undefined && { microBatchTokens }),
    ...(lora && { lora }),
    ...(resume && { resume }),
  })
  let saved = performance.now()
  const save = async (state: SftState): Promise<void> => {
    await saveTrainingState(checkpointPath(run, state.step), state)
    await removeOtherCheckpoints(run, state.step)
    saved = performance.now()
  }
  const records: SftRunRecord[] = await readMetrics<SftRunRecord>(run)
  let isWarned = false
  const warn = (): void => {
    const problem = isWarned ? undefined : risingLoss(records)
    if (problem === undefined) return
    isWarned = true
    onWarning?.(problem)
  }
  for (;;) {
    const next = await steps.next().catch((error: unknown) => {
      throw keptAfter(error, run)
    })
    if (next.done) return next.value
    const { record, totalSteps, tokensPerSecond } = next.value
    const isEpochEnd = Number.isInteger(record.epoch)
    const isLast = record.step === totalSteps
    const isDue = isLast || signal?.aborted === true || performance.now() - saved >= 1000 * checkpointSeconds
    const measures = isEpochEnd && validation.length > 0
    const state = isDue || measures ? await next.value.state() : undefined
    const evaluation = measures
      ? { eval_loss: await lossOn(prepared, config, state!.trained, undefined) }
      : {}
    records.push({ ...record, ...evaluation })
    await appendMetrics(run, records.slice(-1))
    warn()
    if (isDue) await save(state!)
    onProgress?.({
      phase: 'fine-tune',
      done: record.step,
      total: totalSteps,
      note: noteOf({ ...record, ...evaluation }, tokensPerSecond),
    })
    if (!signal?.aborted || isLast) continue
    await steps.return(undefined as never)
    throw interrupted(run)
  }
}

function noteOf({ loss, epoch, eval_loss }: SftRunRecord, tokensPerSecond: number): string {
  const held = eval_loss === undefined ? '' : `, held out ${eval_loss.toFixed(4)}`
  const rate = tokensPerSecond.toLocaleString('en', { maximumSignificantDigits: 3 })
  return `epoch ${epoch.toFixed(2)}, loss ${loss.toFixed(4)}${held}, ${rate} tokens/s`
}

/** An adapter in the layout of PEFT, or a whole model. */
async function saveTrained(
  { modelPath }: RunDirectory,
  { lora, model: baseModel, chatTemplate: templateFile }: SftConfig,
  { config, tokenizer, chatTemplate, generationConfig, tokenizerFiles }: LoadedLanguageModel,
  trained: Weights,
): Promise<void> {
  if (lora) return saveAdapter(modelPath, config, { lora, weights: trained }, { baseModel })
  await saveCheckpoint(modelPath, {
    config,
    tensors: trained,
    tokenizerFiles,
    ...(tokenizer && { tokenizer }),
    ...(chatTemplate && { chatTemplate }),
    ...(generationConfig && { generationConfig }),
  })
  // Files of the tokeniser are copied with the template that the model had.
  if (templateFile !== undefined && chatTemplate) {
    await writeAtomic(join(modelPath, 'chat_template.jinja'), chatTemplate.source)
  }
}
