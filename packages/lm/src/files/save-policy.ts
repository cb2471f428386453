import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { rewardHeadName } from '../heads/reward-head'
import { valueHeadNames } from '../heads/value-head'
import type { Weights } from '../models/weights'
import type { PolicySnapshot } from '../policy/local-policy'
import { saveAdapter } from './adapters'
import { saveCheckpoint } from './save-checkpoint'
import { translated } from './translate-error'

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

/** Says in config.json that the model tells one reward. */
async function nameReward(directory: string, family: string): Promise<void> {
  const path = join(directory, 'config.json')
  const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  const reward = {
    architectures: [rewardClasses[family]],
    id2label: { 0: 'LABEL_0' },
    label2id: { LABEL_0: 0 },
    // Without one, transformers does not know where a padded text ends.
    pad_token_id: json.pad_token_id ?? 0,
  }
  await writeFile(path, `${JSON.stringify({ ...json, ...reward }, null, 2)}\n`)
}

/** A model all of whose weights trained, and its head. */
async function saveWhole(path: string, { model, head, trained }: PolicySnapshot): Promise<void> {
  const names = Object.values(valueHeadNames)
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
      if (head === 'reward' && rewardHeadName in trained) await nameReward(directory, model.config.family)
      if (head !== 'value') return
      const metadata = { format: 'pt' }
      await writeSafetensors(join(directory, 'value_head.safetensors'), valueHead, { metadata })
    }),
  )
}

/**
 * Saves what a policy has learnt, as `localPolicy`'s `write`: an adapter as PEFT saves it where a low-rank change trained,
 * else a directory of Hugging Face. A reward head is part of either, as transformers' models for sequence classification
 * have it; a value head lies beside, in value_head.safetensors. The directory is replaced whole or not at all.
 * @throws LmError `WRITE_FAILED` when it cannot be written.
 */
export async function savePolicy(path: string, snapshot: PolicySnapshot): Promise<void> {
  const { model, lora, trained } = snapshot
  if (!lora) return saveWhole(path, snapshot)
  const baseModel = model.name
  await saveAdapter(path, model.config, { lora, weights: trained }, baseModel ? { baseModel } : {})
}
