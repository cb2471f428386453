import type { Tensor } from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import { parameterShapes } from '../config/parameter-shapes'
import { createLanguageModel, type LanguageModelOptions } from '../running/language-model'
import type { LoadedLanguageModel } from '../running/loaded-language-model'
import { type LoadCheckpointOptions, loadCheckpoint } from './load-checkpoint'

/** How far loading is. */
export interface LoadProgress {
  /** Tensors that have been read. */
  readonly tensors: number
  /** Tensors that the model has. */
  readonly total: number
  /** Bytes of what has been read, as f32. */
  readonly bytes: number
  /** The tensor that was read last. */
  readonly name: string
}

/** Options of {@link loadLanguageModel}. */
export interface LoadLanguageModelOptions extends LoadCheckpointOptions, LanguageModelOptions {
  /** Told after each tensor. Default: nobody. */
  progress?: (progress: LoadProgress) => void
}

/**
 * A checkpoint with all its weights, ready to run: a directory of Hugging Face, a GGUF file or one of llama2.c. The file is
 * closed again. Reading takes little more memory than the weights as f32.
 * @param path of the directory or the file.
 * @throws LmError as `loadCheckpoint` and `createLanguageModel`; `INVALID_OPTION`.
 */
export async function loadLanguageModel(
  path: string,
  options: LoadLanguageModelOptions = {},
): Promise<LoadedLanguageModel> {
  checkOptions('loadLanguageModel', options, {
    tokenizer: true,
    progress: true,
    name: true,
    backend: true,
    variables: true,
    lowRank: true,
  })
  const { tokenizer = true, progress, ...runtime } = options
  const checkpoint = await loadCheckpoint(path, { tokenizer })
  try {
    const names = Object.keys(parameterShapes(checkpoint.config))
    const weights: Record<string, Tensor> = {}
    let bytes = 0
    for (const [i, name] of names.entries()) {
      const tensor = await checkpoint.tensors.read(name)
      weights[name] = tensor
      bytes += tensor.data.byteLength
      progress?.({ tensors: i + 1, total: names.length, bytes, name })
    }
    const model = createLanguageModel(checkpoint.config, weights, { name: checkpoint.path, ...runtime })
    const { tokenizer: found, chatTemplate, generationConfig, tokenizerFiles } = checkpoint
    return Object.assign(model, {
      path: checkpoint.path,
      tokenizerFiles,
      ...(found ? { tokenizer: found } : {}),
      ...(chatTemplate ? { chatTemplate } : {}),
      ...(generationConfig ? { generationConfig } : {}),
    })
  } finally {
    await checkpoint.close()
  }
}
