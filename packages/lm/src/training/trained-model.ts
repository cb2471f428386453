import {
  cast,
  greaterEqual,
  mul,
  randomKey,
  reduceMax,
  reshape,
  scatterAdd,
  splitKey,
  stopGradient,
  type Tensor,
  take,
  takeAlongAxis,
} from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import { parameterShapes } from '../config/parameter-shapes'
import type { HeadKind } from '../heads/head-shapes'
import { initRewardHead, rewardsOf } from '../heads/reward-head'
import { initValueHead, valuesOf } from '../heads/value-head'
import { initLora } from '../lora/init-lora'
import type { LoraConfig } from '../lora/lora-config'
import { lowRankOf } from '../lora/low-rank-of'
import { entropyOf, forward, logitsOf, logProbsAmong, targetLogProbs } from '../models/forward'
import { requireTensors } from '../models/require-tensors'
import type { LowRank, Weights } from '../models/weights'
import type { LossInputs } from './loss'
import type { TrainingBatch } from './training-batch'

/** A model, and what of it trains. */
export interface TrainedModel {
  readonly config: ModelConfig
  /** Parameters that stay as they are: constants of compiled graphs. */
  readonly frozen: Weights
  /**
   * What changes, by name: the model's parameters, or those of its low-rank change (`<module>.lora_A.weight`), and those of
   * a head.
   */
  readonly trained: Weights
  readonly lora?: LoraConfig
  readonly head?: HeadKind
}

/** What {@link trainedModel} may be told. */
export interface TrainedModelOptions {
  /** Trains a low-rank change and leaves the weights as they are. Default: all weights train. */
  lora?: LoraConfig
  /** A head that trains with them. Default: none. */
  head?: HeadKind
  /** Weights of the change or the head to begin with, by name. Default: drawn from the seed. */
  initial?: Weights
  /** Decides what is drawn, a whole number ≥ 0. Default: 0. */
  seed?: number
}

const heads = {
  value: initValueHead,
  reward: initRewardHead,
} as const

/**
 * A model's parameters, told apart by what trains.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when `weights` are not those of `config`, or `initial` not those of the
 *   change and the head; `INVALID_OPTION`.
 */
export function trainedModel(
  config: ModelConfig,
  weights: Weights,
  { lora, head, initial = {}, seed = 0 }: TrainedModelOptions,
): TrainedModel {
  const shapes = parameterShapes(config)
  const parameters = pick(weights, (name) => name in shapes)
  requireTensors('model', shapes, parameters)
  // Two keys, as splitKey makes unless it is told how many.
  const [loraKey, headKey] = splitKey(randomKey(seed)) as [Tensor, Tensor]
  const drawn = {
    ...(lora ? initLora(config, lora, loraKey) : {}),
    ...(head ? heads[head](config, headKey) : {}),
  }
  const own = { ...drawn, ...initial }
  requireTensors(
    'initial',
    Object.fromEntries(Object.entries(drawn).map(([name, { dims }]) => [name, dims])),
    own,
  )
  const kind = { config, ...(lora ? { lora } : {}), ...(head ? { head } : {}) }
  if (lora) return { ...kind, frozen: parameters, trained: own }
  // Nothing that a reward is computed of leads through the output projection: it would only decay.
  const idle = (name: string) => head === 'reward' && name === 'lm_head.weight'
  return {
    ...kind,
    frozen: pick(parameters, idle),
    trained: { ...pick(parameters, (name) => !idle(name)), ...own },
  }
}

const pick = (weights: Weights, chosen: (name: string) => boolean): Weights =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => chosen(name)))

/** What changes from pass to pass, beside the batch. */
export interface PassOptions {
  /** Decides what dropout sets to 0; none without it. */
  readonly key?: Tensor | null
  /** 1/T, an f32 scalar: of the distribution that targets are told from. None for 1. */
  readonly inverseTemperature?: Tensor | null
}

/** What a model makes of a batch, of N targets in B rows. What is not used is not computed, as all of it is traced. */
export interface BatchOutputs {
  /** ln p of each target: [N]. */
  readonly logProbs: Tensor
  /** 1 where no token is likelier than the target: [N]. */
  readonly correct?: Tensor
  /** Entropy of the distribution that each target was told from, in nats: [N]. */
  readonly entropies?: Tensor
  /** [N]. */
  readonly values?: Tensor
  /** [B]. */
  readonly rewards?: Tensor
  /** ln p of each candidate: [B, C]. */
  readonly candidateLogProbs?: Tensor
}

const changeOf = ({ lora }: TrainedModel, trained: Weights, { key }: PassOptions): LowRank | undefined =>
  lora && lowRankOf(lora, trained, { key: key ?? undefined })

/** What a model is applied to: of rows, their ends. */
type PassInputs = Pick<TrainingBatch, 'tokens' | 'targets'> & {
  readonly rows: Pick<TrainingBatch['rows'], 'last'>
  readonly candidates?: Tensor | null
}

/** Applies a model with these values of what trains. Logits are computed where there is a target, and nowhere else. */
export function batchOutputs(
  model: TrainedModel,
  trained: Weights,
  { tokens, targets, rows, candidates }: PassInputs,
  options: PassOptions = {},
): BatchOutputs {
  const { config, frozen, head } = model
  const weights = { ...frozen, ...trained }
  const asRows = (x: Tensor) => reshape(x, [-1, x.shape.at(-1)!])
  const batch = {
    ids: asRows(tokens.ids),
    positions: asRows(tokens.positions),
    segments: asRows(tokens.segments),
  }
  const { hidden } = forward(config, { weights, lowRank: changeOf(model, trained, options) }, batch)
  const states = reshape(hidden, [-1, config.hiddenSize])
  const before = take(states, targets.at)
  const { inverseTemperature } = options
  // Logits are linear in the states, of which there are fewer numbers.
  const told = inverseTemperature ? mul(before, inverseTemperature) : before
  const ends = take(states, reshape(rows.last, [-1]))
  const logits = logitsOf(config, weights, told)
  const reached = takeAlongAxis(logits, reshape(targets.ids, [-1, 1]), -1)
  const likeliest = greaterEqual(reached, reduceMax(logits, { axis: -1, keepDims: true }))
  return {
    logProbs: targetLogProbs(config, weights, told, logits, targets.ids),
    correct: stopGradient(reshape(cast(likeliest, 'f32'), [-1])),
    entropies: entropyOf(logits),
    ...(head === 'value' ? { values: valuesOf(weights, before) } : {}),
    ...(head === 'reward' ? { rewards: rewardsOf(weights, ends) } : {}),
    ...(candidates
      ? { candidateLogProbs: logProbsAmong(logitsOf(config, weights, ends), asRows(candidates)) }
      : {}),
  }
}

/** The outputs of a batch as a loss sees them, in rows. */
export function lossInputs(
  outputs: BatchOutputs,
  { targets, rows }: Pick<TrainingBatch, 'targets' | 'rows'>,
  totals: LossInputs['totals'],
): LossInputs {
  const merged = (x: Tensor) => reshape(x, [-1, ...x.shape.slice(2)])
  const mask = reshape(rows.mask, [-1, rows.mask.shape[2]!])
  const { correct, entropies, values, rewards, candidateLogProbs } = outputs
  const inRows = (each: Tensor) => reshape(scatterAdd(targets.place, each, mask.size), mask.shape)
  const inputs = Object.entries(rows.inputs).map(([name, x]) => [name, merged(x)] as const)
  return {
    logProbs: inRows(outputs.logProbs),
    mask,
    inputs: Object.fromEntries(inputs),
    totals,
    ...(correct ? { correct: inRows(correct) } : {}),
    ...(entropies ? { entropies: inRows(entropies) } : {}),
    ...(values ? { values: inRows(values) } : {}),
    ...(rewards ? { rewards } : {}),
    ...(candidateLogProbs ? { candidateLogProbs } : {}),
  }
}
