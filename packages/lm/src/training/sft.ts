import { adamW, chain, clipByGlobalNorm, type Optimizer, weightsOnly } from '@prefkit/nn'
import type { BackendChoice, OptionNames, Tensor } from '@prefkit/tensor'
import { checkOptions, excerpt } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import type { LoraConfig } from '../lora/lora-config'
import type { Weights } from '../models/weights'
import { epochBatches } from './data-order'
import { type Datum, requireData, targetPlaces } from './datum'
import { defaultMicroBatchTokens, planMicroBatches } from './micro-batches'
import { identityOf } from './sft-identity'
import { sftLoss } from './sft-loss'
import { trainedModel } from './trained-model'
import { createTrainer, type LossReport, type Trainer } from './trainer'
import type { TrainingState } from './training-state'

/** Options of {@link sft}. */
export interface SftOptions {
  /** Trains a low-rank change and leaves the weights as they are. Default: all weights train. */
  lora?: LoraConfig
  /** The change to begin with. Default: drawn from the seed. */
  initial?: Weights
  /** Passes over the data, ≥ 1. Default: 1. */
  epochs?: number
  /** Data in a step; the last one of an epoch may have fewer. Default: 8. */
  batchSize?: number
  /** Step size, or a function of the step, which counts from 0, such as a schedule of @prefkit/nn. Default: 2e-5. */
  learningRate?: number | ((step: number) => number)
  /** Decay of weights, λ ≥ 0 of AdamW. Default: 0. */
  weightDecay?: number
  /** What decays: matrices, as transformers has it, or biases and the weights of norms too. Default: `matrices`. */
  decayed?: 'matrices' | 'all'
  /** Gradients of a larger norm are scaled down to it. Default: 1. */
  maxGradNorm?: number
  /** Draws the order of the data anew for each epoch; without it and `groupByLength` it is that of the data. Default: true. */
  shuffle?: boolean
  /**
   * Puts data alike in length into one batch, so that less is padding: of each 50 batches in a row, the longest first; then the
   * batches are shuffled, where they are. Default: as `shuffle`.
   */
  groupByLength?: boolean
  /** Tokens, from the front, that are kept of each datum. Default: all. */
  maxLength?: number
  /**
   * Tokens that are computed at once, at most, padding included: bounds memory as `localPolicy`'s does. Default: 512, or those of
   * the longest datum.
   */
  microBatchTokens?: number
  /** Decides order, dropout and the change's first values. Default: 0. */
  seed?: number
  /** Where to run. Default: `auto`. */
  backend?: BackendChoice
  /** Goes on from here; model, data and options must be those it was made with. */
  resume?: SftState
}

/** Where fine-tuning stands after a step. */
export interface SftState extends TrainingState {
  /** Tokens learnt from so far, prompts included. */
  readonly tokens: number
  /** What model, data and options come to: only training with the same ones goes on from here. */
  readonly identity: string
}

/** A step. Names are TRL's. */
export interface SftRecord {
  /** Steps taken, from 1. */
  readonly step: number
  /** Passes over the data, as a fraction. */
  readonly epoch: number
  /** Mean of −ln p over the batch's targets, before the step. */
  readonly loss: number
  /** Norm of its gradient, before clipping. */
  readonly grad_norm: number
  readonly learning_rate: number
  /** Tokens seen so far, prompts included. */
  readonly num_tokens: number
  /** Share of the batch's targets that were the likeliest token. */
  readonly mean_token_accuracy: number
}

/** What is known after each step. */
export interface SftProgress {
  readonly record: SftRecord
  /** Steps of the whole training. */
  readonly totalSteps: number
  /** Of this step, padding left out. The one number that differs from run to run. */
  readonly tokensPerSecond: number
  /**
   * A copy of where training stands, to go on from. The next step waits for it.
   * @throws LmError `INVALID_OPTION` when the next step has begun: what was is gone.
   */
  state(): Promise<SftState>
}

/** Options with what they are when they are not given. */
export type SftSettings = Required<Omit<SftOptions, 'lora' | 'initial' | 'resume' | 'backend' | 'maxLength'>>

const optimizerOf =
  ({ maxGradNorm, weightDecay, decayed }: SftSettings) =>
  (learningRate: Tensor): Optimizer => {
    const mask = decayed === 'all' ? true : weightsOnly
    return chain(clipByGlobalNorm(maxGradNorm), adamW({ learningRate, weightDecay, mask }))
  }

/**
 * Supervised fine-tuning: learns to say the completions of data, all weights or a low-rank change, by AdamW.
 *
 * With equal model, data, options and backend every record repeats exactly, also across a stop and a resume.
 * @param weights the model's parameters, which are left as they are.
 * @returns the values of what trained: all parameters, or those of the change.
 * @throws LmError for bad data (`EMPTY_INPUT`, `UNKNOWN_TOKEN`, `CONTEXT_TOO_LONG`) or options (`INVALID_OPTION`), before
 *   anything is computed; `DIVERGED` when a loss or a gradient is not finite.
 */
export async function* sft(
  config: ModelConfig,
  weights: Weights,
  data: readonly Datum[],
  options: SftOptions = {},
): AsyncGenerator<SftProgress, Weights> {
  const settings = resolveSettings(options, data)
  const examples = truncated(data, options.maxLength)
  requireExamples(config, examples)
  const { lora, initial, backend, resume } = options
  const model = trainedModel(config, weights, {
    seed: settings.seed,
    ...(lora ? { lora } : {}),
    ...(initial ? { initial } : {}),
  })
  const trainer = createTrainer(model, {
    optimizer: optimizerOf(settings),
    ...(backend === undefined ? {} : { backend }),
  })
  const identity = identityOf(model, examples, options, settings)
  try {
    if (resume) restore(trainer, resume, identity)
    yield* trainSteps(trainer, examples, settings, { step: 0, tokens: 0, ...resume, identity })
    return (await trainer.snapshot()).trained
  } finally {
    await trainer.release()
  }
}

async function* trainSteps(
  trainer: Trainer,
  data: readonly Datum[],
  settings: SftSettings,
  start: { readonly step: number; readonly tokens: number; readonly identity: string },
): AsyncGenerator<SftProgress, void> {
  const lengths = data.map(({ tokens }) => tokens.length)
  const perEpoch = Math.ceil(data.length / settings.batchSize)
  const totalSteps = perEpoch * settings.epochs
  // One kind of step in the whole run: each that is compiled holds the weights that do not train.
  const rows = Math.min(settings.batchSize, data.length)
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0)
  const atOnce = planMicroBatches(new Array(rows).fill(longest), settings).length === 1
  const { identity } = start
  let begun = start.step
  let tokens = start.tokens
  let batches: number[][] = []
  for (let step = start.step; step < totalSteps; step++) {
    const epoch = Math.floor(step / perEpoch)
    if (batches.length === 0 || step % perEpoch === 0) batches = epochBatches(lengths, epoch, settings)
    const batch = batches[step % perEpoch]!.map((i) => data[i]!)
    const rate = rateAt(settings, step)
    begun = step + 1
    const began = performance.now()
    const { loss, metrics, gradNorm } = await trainBatch(trainer, batch, atOnce, {
      ...settings,
      step,
      learningRate: rate,
    })
    const seconds = (performance.now() - began) / 1000
    const seen = batch.reduce((sum, datum) => sum + datum.tokens.length, 0)
    tokens += seen
    const record = {
      step: step + 1,
      epoch: (step + 1) / perEpoch,
      loss,
      grad_norm: gradNorm,
      learning_rate: rate,
      num_tokens: tokens,
      mean_token_accuracy: metrics.mean_token_accuracy!,
    }
    requireFinite(record)
    const [done, count] = [step + 1, tokens]
    const copies: Promise<SftState>[] = []
    const copy = async (): Promise<SftState> => {
      if (begun > done) throw tooLate(done, begun)
      return { ...(await trainer.snapshot()), step: done, tokens: count, identity }
    }
    const state = () => {
      const made = copy()
      copies.push(made)
      return made
    }
    yield { record, totalSteps, tokensPerSecond: seen / seconds, state }
    // Who asked hears of what fails.
    await Promise.allSettled(copies)
  }
}

/** @throws LmError `INVALID_OPTION` when a function gives no step size. */
function rateAt({ learningRate }: SftSettings, step: number): number {
  if (typeof learningRate === 'number') return learningRate
  const rate = learningRate(step)
  requireOption(`learningRate(${step})`, rate, Number.isFinite(rate) && rate >= 0, 'a finite number ≥ 0')
  return rate
}

function tooLate(step: number, begun: number): LmError {
  const problem = `step ${begun} has begun, and the weights of step ${step} are gone: ask before`
  return new LmError('INVALID_OPTION', `sft: state: ${problem}`)
}

/** One step: as one compiled graph where every batch fits at once, else its parts' gradients are added up. */
async function trainBatch(
  trainer: Trainer,
  batch: readonly Datum[],
  atOnce: boolean,
  { seed, step, microBatchTokens, learningRate }: SftSettings & { step: number; learningRate: number },
): Promise<LossReport & { gradNorm: number }> {
  const random = { seed, step }
  if (atOnce) return trainer.step(batch, sftLoss, random, { microBatchTokens, learningRate })
  const report = await trainer.accumulate(batch, sftLoss, random, { microBatchTokens })
  return { ...report, gradNorm: await trainer.update(learningRate) }
}

function requireFinite({ step, loss, grad_norm: norm, learning_rate: rate }: SftRecord): void {
  const wrong = Object.entries({ loss, grad_norm: norm }).find(([, value]) => !Number.isFinite(value))
  if (!wrong) return
  const advice = `a learningRate below ${rate} may help`
  throw new LmError('DIVERGED', `sft: ${wrong[0]} is ${wrong[1]} at step ${step}; ${advice}`)
}

const truncated = (data: readonly Datum[], length = Number.POSITIVE_INFINITY): readonly Datum[] =>
  data.map(({ tokens, completionMask }) => ({
    tokens: Array.from(tokens).slice(0, length),
    completionMask: Array.from(completionMask).slice(0, length),
  }))

function requireExamples(config: ModelConfig, data: readonly Datum[]): void {
  requireData(config, data)
  const idle = data.findIndex((datum) => targetPlaces(datum).length === 0)
  if (idle < 0) return
  const problem = 'expected at least one target within its tokens, and within maxLength, got none'
  throw new LmError('EMPTY_INPUT', `data[${idle}]: completionMask: ${problem}`)
}

const optionNames: OptionNames<SftOptions> = {
  lora: true,
  initial: true,
  epochs: true,
  batchSize: true,
  learningRate: true,
  weightDecay: true,
  decayed: true,
  maxGradNorm: true,
  shuffle: true,
  groupByLength: true,
  maxLength: true,
  microBatchTokens: true,
  seed: true,
  backend: true,
  resume: true,
}

function resolveSettings(options: SftOptions, data: readonly Datum[]): SftSettings {
  checkOptions('sft', options, optionNames)
  const { maxLength = Number.POSITIVE_INFINITY } = options
  const longest = data.reduce(
    (most, { tokens }) => Math.max(most, Math.min(tokens?.length ?? 0, maxLength)),
    1,
  )
  const settings = {
    epochs: options.epochs ?? 1,
    batchSize: options.batchSize ?? 8,
    learningRate: options.learningRate ?? 2e-5,
    weightDecay: options.weightDecay ?? 0,
    decayed: options.decayed ?? 'matrices',
    maxGradNorm: options.maxGradNorm ?? 1,
    shuffle: options.shuffle ?? true,
    groupByLength: options.groupByLength ?? options.shuffle ?? true,
    microBatchTokens: options.microBatchTokens ?? Math.max(defaultMicroBatchTokens, longest),
    seed: options.seed ?? 0,
  }
  const { epochs, batchSize, microBatchTokens, seed, learningRate, weightDecay, maxGradNorm } = settings
  const counts = { epochs, batchSize, microBatchTokens, ...(options.maxLength ? { maxLength } : {}) }
  for (const [name, value] of Object.entries(counts)) requireWhole(name, value, 1)
  requireWhole('seed', seed, 0)
  const positive = { maxGradNorm, ...(typeof learningRate === 'number' ? { learningRate } : {}) }
  for (const [name, value] of Object.entries(positive)) requireOption(name, value, value > 0, 'a number > 0')
  requireOption('weightDecay', weightDecay, weightDecay >= 0, 'a number ≥ 0')
  const kinds = ['matrices', 'all']
  requireOption('decayed', settings.decayed, kinds.includes(settings.decayed), '"matrices" or "all"')
  // Before anything is computed, rather than when the longest datum comes.
  planMicroBatches([longest], { microBatchTokens })
  return settings
}

const requireWhole = (name: string, value: number, least: number): void =>
  requireOption(name, value, Number.isSafeInteger(value) && value >= least, `a whole number ≥ ${least}`)

function requireOption(name: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid) throw new LmError('INVALID_OPTION', `sft: ${name}: expected ${expected}, got ${excerpt(value)}`)
}

function restore(trainer: Trainer, { trained, optimizer, identity }: SftState, own: string): void {
  if (identity !== own) {
    const problem = `it was made with ${identity}, this training has ${own}`
    throw new LmError('INVALID_OPTION', `sft: resume: model, data or options differ: ${problem}`)
  }
  trainer.restore({ trained, optimizer })
}
