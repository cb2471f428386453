import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceDirectory } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { headShapes } from '../heads/head-shapes'
import type { Weights } from '../models/weights'
import type { PolicySnapshot } from '../policy/local-policy'
import type { PolicyModel } from '../policy/policy-model'
import { saveAdapter } from './adapters'
import { saveCheckpoint } from './save-checkpoint'
import { translated } from './translate-error'
import { writeValueHead } from './value-head-file'

const pick = (weights: Weights, names: readonly string[], inside: boolean): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name) === inside))

/** The classes by which transformers opens a model with a reward head. */
const rewardClasses: Readonly<Record<string, string>> = {
  llama: 'LlamaForSequenceClassification',
  mistral: 'MistralForSequenceClassification',
  qwen2: 'Qwen2ForSequenceClassification',
  qwen3: 'Qwen3ForSequenceClassification',
  gpt2: 'GPT2ForSequenceClassification',
}

/**
 * The token that transformers is to take for padding: rewards are told from the last token that is another, so it must be one that
 * texts do not end with. Without any, transformers takes texts one by one only, rather than batches whose rewards are wrong.
 */
function paddingOf({ config, generationConfig, tokenizer }: PolicyModel): number | null {
  const roles = tokenizer?.specialTokens
  const ends = [
    ...config.eosTokenIds,
    ...(generationConfig?.eosTokenIds ?? []),
    roles?.eos?.id,
    config.bosTokenId,
  ]
  const candidates = [config.padTokenId, generationConfig?.padTokenId, roles?.pad?.id]
  return candidates.find((id) => id !== undefined && !ends.includes(id)) ?? null
}

/** Says in config.json that the model tells one reward. */
async function nameReward(directory: string, model: PolicyModel): Promise<void> {
  const path = join(directory, 'config.json')
  const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  const reward = {
    architectures: [rewardClasses[model.config.family]],
    id2label: { 0: 'LABEL_0' },
    label2id: { LABEL_0: 0 },
    pad_token_id: paddingOf(model),
  }
  await writeFile(path, `${JSON.stringify({ ...json, ...reward }, null, 2)}\n`)
}

/** A model all of whose weights trained, and its head. */
async function saveWhole(path: string, { model, head, trained }: PolicySnapshot): Promise<void> {
  const shapes = headShapes(model.config)
  const names = Object.keys(shapes.value)
  const tensors = pick({ ...model.weights, ...trained }, names, false)
  const valueHead = pick(trained, names, true)
  const parts: Partial<Checkpoint> = {
    ...(model.tokenizer ? { tokenizer: model.tokenizer } : {}),
    ...(model.chatTemplate ? { chatTemplate: model.chatTemplate } : {}),
    ...(model.generationConfig ? { generationConfig: model.generationConfig } : {}),
    ...(model.tokenizerFiles ? { tokenizerFiles: model.tokenizerFiles } : {}),
  }
  await translated(() =>
    replaceDirectory(path, async (directory) => {
      await saveCheckpoint(directory, { config: model.config, tensors, ...parts })
      if (head === 'reward') await nameReward(directory, model)
      await writeValueHead(directory, valueHead)
    }),
  )
}

/** Options of {@link savePolicy}. */
export interface SavePolicyOptions {
  /** Directory or hub id by which an adapter names the model that it changes. Default: the model's name. */
  baseModel?: string
}

/**
 * Saves what a policy has learnt, as `localPolicy`'s `write`: an adapter as PEFT saves it where a low-rank change trained,
 * else a directory of Hugging Face. A reward head is part of either, as transformers' models for sequence classification
 * have it; a value head lies beside, in value_head.safetensors. `loadLanguageModel` reads either head again. The directory is
 * replaced whole or not at all. The config.json of a reward model names a token for padding where the model or the tokeniser has one
 * that ends no text, and else none.
 * @throws LmError `WRITE_FAILED` when it cannot be written.
 */
export async function savePolicy(
  path: string,
  snapshot: PolicySnapshot,
  options: SavePolicyOptions = {},
): Promise<void> {
  checkOptions('savePolicy', options, { baseModel: true })
  const { model, lora, trained } = snapshot
  if (!lora) return saveWhole(path, snapshot)
  const { baseModel = model.name } = options
  await saveAdapter(path, model.config, { lora, weights: trained }, baseModel ? { baseModel } : {})
}
