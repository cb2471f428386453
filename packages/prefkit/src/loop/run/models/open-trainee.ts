import {
  type LocalPolicy,
  type LocalPolicyOptions,
  type LoraConfig,
  linearModules,
  localPolicy,
  lowRankOf,
  type ModelConfig,
  mergeLora,
  type PolicyModel,
  type PolicySnapshot,
  type Weights,
} from '@prefkit/lm'
import { type Adapter, loadAdapter, savePolicy } from '@prefkit/lm/files'
import { adapterPath } from '../../../lm/adapter-path'
import { type Encoding, requireEncoding } from '../../../lm/encode-prompt'
import type { WorkOptions } from '../../../reward/progress'
import type { RunConfig } from '../config/run-config'
import type { ModelSource } from './model-source'
import { openSharedModel } from './shared-model'

/** A model that is to train, or only to be asked. */
export interface Trainee {
  readonly model: PolicyModel
  readonly encoding: Encoding
  /** What trains beside the weights; all of them train without. */
  readonly lora?: LoraConfig
  /** Weights of the change to begin with. */
  readonly initial?: Weights
  /** Saves what has trained where `trainedSource` finds it. */
  save(path: string, snapshot: PolicySnapshot): Promise<void>
  /** The model that an adapter which is saved is of: null where a whole model is saved. */
  readonly base: string | null
  release(): Promise<void>
}

/** What a run says of a model beside where it is. */
export type ModelSettings = Pick<RunConfig, 'model' | 'backend'>

const isFactor = (name: string): boolean => /\.lora_[AB]\.weight$/.test(name)

const factorsOf = (weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => isFactor(name)))

const headsOf = (weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => !isFactor(name)))

/** The maps that a change is of, by name. */
function changedMaps(config: ModelConfig, { targetModules: targets = 'all-linear' }: LoraConfig): string[] {
  const isTarget = (name: string): boolean =>
    targets === 'all-linear' || targets.some((target) => name === target || name.endsWith(`.${target}`))
  return linearModules(config).flatMap(({ name }) => (isTarget(name) ? [name] : []))
}

/** Whether a change that is there may go on as the one that is wanted: of the same maps, rank and scale. */
function goesOn(config: ModelConfig, wanted: LoraConfig, { lora: there }: Adapter): boolean {
  const formOf = (lora: LoraConfig) =>
    JSON.stringify([lora.rank, lora.alpha, lora.useRslora ?? false, changedMaps(config, lora)])
  return formOf(wanted) === formOf(there)
}

/** The weights as they are with a change added to them. */
const merged = (
  config: ModelConfig,
  weights: Weights,
  { lora, weights: change }: Adapter,
  backend: RunConfig['backend'],
) => mergeLora(config, weights, lowRankOf(lora, factorsOf(change)), { backend })

/** A model whose change was merged has no other place than its own directory: what trains beside it is merged too. */
const saveMerged =
  (backend: RunConfig['backend']) =>
  async (path: string, { model, lora, head, trained }: PolicySnapshot): Promise<void> => {
    const weights = lora
      ? await merged(model.config, model.weights, { lora, weights: trained }, backend)
      : model.weights
    const rest = lora ? Object.entries(trained).filter(([name]) => !isFactor(name)) : Object.entries(trained)
    await savePolicy(path, {
      model: { ...model, weights },
      trained: Object.fromEntries(rest),
      ...(head && { head }),
    })
  }

/**
 * Opens a model to train it; weights that another trainee has read are shared with it. A change that it has goes on where the one to
 * train is of the same form; else it is merged into the weights, and what is saved then is a whole model.
 * @param lora what is to train; all weights without.
 * @throws LmError, PrefkitError as `openLanguageModel`.
 */
export async function openTrainee(
  { model: { path, tokenizer, chatTemplate }, backend }: ModelSettings,
  source: ModelSource,
  lora: LoraConfig | undefined,
  work: WorkOptions = {},
): Promise<Trainee> {
  // What was trained from the model has its texts beside it; others write theirs in their own way.
  const texts = source.model === path ? { tokenizer, chatTemplate } : {}
  const { model, release } = await openSharedModel({ model: source.model, backend, ...texts }, work)
  try {
    const encoding = requireEncoding(model)
    if (source.adapter === undefined) {
      const save = (to: string, snapshot: PolicySnapshot) =>
        savePolicy(to, snapshot, { baseModel: source.model })
      return { model, encoding, save, release, base: lora ? source.model : null, ...(lora && { lora }) }
    }
    const given = await loadAdapter(await adapterPath(source.adapter), model.config)
    const withHeads: PolicyModel = { ...model, heads: headsOf(given.weights) }
    if (lora && goesOn(model.config, lora, given)) {
      const save = (to: string, snapshot: PolicySnapshot) =>
        savePolicy(to, snapshot, { baseModel: source.model })
      return {
        model: withHeads,
        encoding,
        lora,
        initial: factorsOf(given.weights),
        save,
        release,
        base: source.model,
      }
    }
    const weights = await merged(model.config, model.weights, given, backend)
    const own = { ...withHeads, weights }
    return { model: own, encoding, save: saveMerged(backend), release, base: null, ...(lora && { lora }) }
  } catch (error) {
    await release()
    throw error
  }
}

/** What is said of a policy beside its model. */
export type TraineeOptions = Pick<LocalPolicyOptions, 'head' | 'initial' | 'optimizer' | 'seed'>

/** A policy of a model that trains. */
export const policyOf = (
  { model, lora, initial, save }: Trainee,
  { model: { microBatchTokens }, backend }: ModelSettings,
  options: TraineeOptions,
): LocalPolicy =>
  localPolicy(model, {
    ...options,
    ...{ backend, write: save },
    ...(lora && { lora }),
    initial: { ...initial, ...options.initial },
    ...(microBatchTokens !== undefined && { microBatchTokens }),
  })
