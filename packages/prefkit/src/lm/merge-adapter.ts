import { readdir } from 'node:fs/promises'
import { lowRankOf, mergeLora } from '@prefkit/lm'
import { loadAdapter, loadLanguageModel, saveCheckpoint } from '@prefkit/lm/files'
import { PrefkitError } from '../prefkit-error'
import { requireWritable } from '../runs/require-writable'
import { adapterPath } from './adapter-path'
import { requireAdapter, requireModel } from './require-model'

/** What was merged. */
export interface MergedAdapter {
  /** The directory of the merged model. */
  readonly path: string
  readonly rank: number
  /** How many linear maps it changed. */
  readonly modules: number
}

/** A directory that is replaced whole must hold nothing that somebody may want. */
async function requireEmpty(path: string): Promise<void> {
  await requireWritable(path)
  const names = await readdir(path).catch(() => [])
  if (names.length === 0) return
  throw new PrefkitError('RUN_EXISTS', `${path} is there already, and not empty; choose another --out`)
}

/**
 * Adds a LoRA adapter into the weights of its model, and saves the model as transformers opens it.
 * @param adapter its directory, or the run that trained it.
 * @param tokenizerFile of llama2.c, for one of its models. Default: the one beside it.
 * @throws PrefkitError `INVALID_CONFIG` for a run without adapter; `RUN_EXISTS` for a directory with anything in it; LmError for what is no model or no adapter of it.
 */
export async function mergeAdapter(
  model: string,
  adapter: string,
  out: string,
  tokenizerFile?: string,
): Promise<MergedAdapter> {
  await requireEmpty(out)
  await requireModel(model)
  await requireAdapter(adapter)
  const directory = await adapterPath(adapter)
  const loaded = await loadLanguageModel(
    model,
    tokenizerFile === undefined ? {} : { tokenizer: tokenizerFile },
  )
  try {
    const { config, tokenizer, chatTemplate, generationConfig, tokenizerFiles } = loaded
    const { lora, weights } = await loadAdapter(directory, config)
    await saveCheckpoint(out, {
      config,
      tensors: await mergeLora(config, loaded.weights, lowRankOf(lora, weights)),
      tokenizerFiles,
      ...(tokenizer && { tokenizer }),
      ...(chatTemplate && { chatTemplate }),
      ...(generationConfig && { generationConfig }),
    })
    const modules = Object.keys(weights).filter((name) => name.endsWith('.lora_A.weight')).length
    return { path: out, rank: lora.rank, modules }
  } finally {
    await loaded.release()
  }
}
