import { adamW, chain, clipByGlobalNorm, type Optimizer } from '@prefkit/nn'
import type { BackendChoice, Compilation, Tensor } from '@prefkit/tensor'
import { checkOptions, excerpt } from '../check-options'
import { type HeadKind, headShapes } from '../heads/head-shapes'
import { LmError } from '../lm-error'
import type { LoraConfig } from '../lora/lora-config'
import type { Weights } from '../models/weights'
import { callQueue } from '../training/call-queue'
import { type Datum, requireData } from '../training/datum'
import { defaultMicroBatchTokens, resolveMicroBatches } from '../training/micro-batches'
import { trainedModel } from '../training/trained-model'
import { createTrainer, type Trainer } from '../training/trainer'
import type { PolicyBackend } from './policy-backend'
import type { PolicyModel } from './policy-model'
import { policySampler } from './policy-sampler'

/** What a policy hands over to be saved. */
export interface PolicySnapshot {
  readonly model: PolicyModel
  /** The low-rank change that trained; without one, all parameters did. */
  readonly lora?: LoraConfig
  readonly head?: HeadKind
  /** The values of what trained, by name: parameters or change, and head. */
  readonly trained: Weights
}

/** Options of {@link localPolicy}. */
export interface LocalPolicyOptions {
  /** Trains a low-rank change and leaves the weights as they are. Default: all weights train. */
  lora?: LoraConfig
  /**
   * A head that trains with them: losses and `forward` then see values or rewards too. It begins as that of `initial`, else as the
   * model's own (`heads`), else drawn from the seed. Default: none.
   */
  head?: HeadKind
  /** Weights of the change and the head to begin with, by name. Default: drawn from the seed, but for a head of the model. */
  initial?: Weights
  /** The optimiser, of the learning rate of a step. Default: AdamW without decay, gradients clipped to a norm of 1. */
  optimizer?: (learningRate: Tensor) => Optimizer
  /**
   * Tokens that are computed at once, at most, padding included: bounds memory. Rows of T > 1,024 tokens count for T / 1,024 of
   * themselves each, as attention keeps T² numbers a head of each layer; one row, or one group, is computed at once whatever T² is.
   * Default: 512, or those of the longest row or group: on a processor larger parts are no faster.
   */
  microBatchTokens?: number
  /** Decides dropout, and what is drawn at the start. Default: 0. */
  seed?: number
  /** Where to run. Default: `auto`. */
  backend?: BackendChoice
  /** How `save` writes: `savePolicy` of `@prefkit/lm/files`. Default: `save` refuses. */
  write?: (path: string, snapshot: PolicySnapshot) => Promise<void>
}

/** A {@link PolicyBackend} whose model is here. */
export interface LocalPolicy extends PolicyBackend {
  /** What was compiled, and for which backend. */
  compilations(): Promise<Compilation[]>
  /** Frees what was compiled, after the calls that were made before. */
  release(): Promise<void>
}

const defaultOptimizer = (learningRate: Tensor): Optimizer =>
  chain(clipByGlobalNorm(1), adamW({ learningRate, weightDecay: 0 }))

function requireHead(head: unknown): void {
  if (head === undefined || head === 'value' || head === 'reward') return
  const problem = `expected "value" or "reward", got ${excerpt(head)}`
  throw new LmError('INVALID_OPTION', `localPolicy: head: ${problem}`)
}

/** The model's own head of a kind. */
function headOf({ config, heads = {} }: PolicyModel, kind: HeadKind | undefined): Weights {
  const names = kind ? Object.keys(headShapes(config)[kind]) : []
  return Object.fromEntries(names.flatMap((name) => (heads[name] ? [[name, heads[name]]] : [])))
}

/** What trains, and its training. @throws LmError `INVALID_OPTION`, and those of {@link trainedModel}. */
function trainerOf(model: PolicyModel, options: LocalPolicyOptions) {
  checkOptions('localPolicy', options, {
    lora: true,
    head: true,
    initial: true,
    optimizer: true,
    microBatchTokens: true,
    seed: true,
    backend: true,
    write: true,
  })
  const { optimizer = defaultOptimizer, seed = 0, backend, lora, head, initial } = options
  requireHead(head)
  const trained = trainedModel(model.config, model.weights, {
    seed,
    ...(lora ? { lora } : {}),
    ...(head ? { head } : {}),
    initial: { ...headOf(model, head), ...initial },
  })
  const trainer = createTrainer(trained, { optimizer, ...(backend === undefined ? {} : { backend }) })
  return { trained, trainer }
}

const unsaved = async (): Promise<never> => {
  const expected = 'expected a function that writes, such as savePolicy of @prefkit/lm/files'
  throw new LmError('INVALID_OPTION', `localPolicy: write: ${expected}, got nothing`)
}

/**
 * A policy whose model runs and trains here: all its weights, or a low-rank change beside weights that stay. What does not train
 * is a constant of the compiled graphs; what trains is never copied but by `state` and `save`, beside the first values of a reference.
 * @param model its weights are left as they are; with `initial` they are the reference.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when weights are not those of the configuration; `INVALID_OPTION`. Its
 *   verbs throw LmError `EMPTY_INPUT`, `UNKNOWN_TOKEN`, `CONTEXT_TOO_LONG`, `INVALID_OPTION` for bad data.
 */
export function localPolicy(model: PolicyModel, options: LocalPolicyOptions = {}): LocalPolicy {
  const { seed = 0, write = unsaved, lora, head } = options
  if (options.microBatchTokens !== undefined) resolveMicroBatches(options)
  const { trained, trainer } = trainerOf(model, options)
  const sampler = policySampler(model, trained, options.backend)
  const inTurn = callQueue()
  let step = 0
  let passes = 0

  return {
    forward: (data, asked = {}) =>
      inTurn(() => {
        checkOptions('forward', asked, { reference: true, entropies: true, temperature: true })
        const { reference = false, entropies = false, temperature = 1 } = asked
        requireTemperature('forward', temperature)
        requireData(model.config, data)
        return trainer.evaluate(data, {
          microBatchTokens: tokensAtOnce(options, data, 1),
          ...{ entropies, temperature },
          ...(reference ? { weights: trained.trained } : {}),
        })
      }),
    forwardBackward: (data, loss, asked = {}) =>
      inTurn(() => {
        checkOptions('forwardBackward', asked, { groupSize: true, temperature: true })
        const { groupSize = 1, temperature = 1 } = asked
        requireTemperature('forwardBackward', temperature)
        requireData(model.config, data)
        // Every pass drops out something else, those between two updates too.
        const random = { seed, step: passes++ }
        const microBatchTokens = tokensAtOnce(options, data, groupSize)
        return trainer.accumulate(data, loss, random, { microBatchTokens, groupSize, temperature })
      }),
    optimStep: (asked) =>
      inTurn(async () => {
        checkOptions('optimStep', asked, { learningRate: true })
        const { learningRate } = asked
        requireRate(learningRate)
        const gradNorm = await trainer.update(learningRate)
        step++
        return { gradNorm }
      }),
    sample: (prompts, asked = {}) => inTurn(() => sampler.sample(trainer.trained, prompts, asked)),
    save: (path) =>
      inTurn(async () => {
        const values = await trainer.values()
        await write(path, { model, trained: values, ...(lora ? { lora } : {}), ...(head ? { head } : {}) })
      }),
    state: () =>
      inTurn(async () => {
        requireIdle(trainer)
        const { trained: values, optimizer: moments } = await trainer.snapshot()
        return { step, passes, trained: values, optimizer: moments }
      }),
    restore: (state) =>
      inTurn(() => {
        trainer.restore(state)
        step = state.step
        passes = state.passes ?? state.step
      }),
    compilations: async () => [...(await trainer.compilations()), ...(await sampler.compilations())],
    release: () =>
      inTurn(async () => {
        await trainer.release()
        await sampler.release()
      }),
  }
}

/** What was asked for, or what the longest group of rows needs. */
function tokensAtOnce(
  { microBatchTokens }: LocalPolicyOptions,
  data: readonly Datum[],
  groupSize: number,
): number {
  const longest = data.reduce((most, { tokens }) => Math.max(most, tokens.length), 0)
  return microBatchTokens ?? Math.max(defaultMicroBatchTokens, longest * groupSize)
}

function requireRate(learningRate: number): void {
  if (Number.isFinite(learningRate) && learningRate >= 0) return
  const problem = `expected a number ≥ 0, got ${learningRate}`
  throw new LmError('INVALID_OPTION', `optimStep: learningRate: ${problem}`)
}

function requireTemperature(verb: string, temperature: number): void {
  if (Number.isFinite(temperature) && temperature > 0) return
  const problem = `expected a number > 0, got ${excerpt(temperature)}`
  throw new LmError('INVALID_OPTION', `${verb}: temperature: ${problem}`)
}

function requireIdle(trainer: Trainer): void {
  if (!trainer.pending) return
  const problem = 'gradients wait for optimStep, and are no part of a state'
  throw new LmError('INVALID_OPTION', `state: ${problem}`)
}
