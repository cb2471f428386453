import { type Checkpoint, type ModelConfig, parameterCount } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { requireModel } from './require-model'

const bytesPerNumber = 4

/** What there is to know of a language model without reading its weights. */
export interface ModelInfo {
  readonly path: string
  readonly format: Checkpoint['format']
  readonly config: ModelConfig
  readonly parameters: number
  /** Bytes of all parameters as f32, which is how they are held. */
  readonly weightBytes: number
  /** Bytes of the keys and values that one token leaves in the cache. */
  readonly cacheBytesPerToken: number
  /** How many tensors are stored as each type, such as `Q4_1`. */
  readonly storedAs: Readonly<Record<string, number>>
  readonly tokenizer: { readonly vocabSize: number; readonly specialTokens: object } | null
  /** The template in Jinja, or null where there is none. */
  readonly chatTemplate: string | null
  /** How its makers suggest that it be sampled from. */
  readonly generation: object | null
}

const keyValueWidth = (config: ModelConfig): number =>
  config.family === 'gpt2' ? config.hiddenSize : config.numKeyValueHeads * config.headDim

function countStored({ names, info }: Checkpoint['tensors']): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) {
    const { type } = info(name)
    counts[type] = (counts[type] ?? 0) + 1
  }
  return counts
}

/**
 * What there is to know of a language model: a directory of Hugging Face, a GGUF file or one of llama2.c.
 * @throws PrefkitError `DATA_MISSING`, `INVALID_CONFIG`; LmError for what is no checkpoint; see `loadCheckpoint`.
 */
export async function modelInfo(path: string): Promise<ModelInfo> {
  await requireModel(path)
  const checkpoint = await loadCheckpoint(path)
  try {
    const { format, config, tensors, tokenizer, chatTemplate, generationConfig } = checkpoint
    const parameters = parameterCount(config)
    return {
      path,
      format,
      config,
      parameters,
      weightBytes: bytesPerNumber * parameters,
      cacheBytesPerToken: 2 * bytesPerNumber * config.numHiddenLayers * keyValueWidth(config),
      storedAs: countStored(tensors),
      tokenizer: tokenizer
        ? { vocabSize: tokenizer.vocabSize, specialTokens: tokenizer.specialTokens }
        : null,
      chatTemplate: chatTemplate?.source ?? null,
      generation: generationConfig ?? null,
    }
  } finally {
    await checkpoint.close()
  }
}
