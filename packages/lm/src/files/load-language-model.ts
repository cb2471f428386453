import type { Tensor } from '@prefkit/tensor'
import { checkOptions } from '../check-options'
import type { Checkpoint } from '../checkpoint/checkpoint'
import type { ModelConfig } from '../config/model-config'
import { parameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import { lowRankOf } from '../lora/low-rank-of'
import { loraShapes } from '../lora/target-modules'
import type { LowRank, Weights } from '../models/weights'
import { createLanguageModel, type LanguageModelOptions } from '../running/language-model'
import type { LoadedLanguageModel } from '../running/loaded-language-model'
import { requireListeners } from '../running/require-listeners'
import { loadAdapter } from './adapters'
import { type LoadCheckpointOptions, loadCheckpoint } from './load-checkpoint'
import { readHeads } from './read-heads'

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
  /** Ends it before the next tensor: its reason is thrown. Default: none. */
  signal?: AbortSignal
  /** A directory with a low-rank change in PEFT's layout, to run with; not with `lowRank`. Default: none. */
  adapter?: string
}

/** Heads that lie with a model or its adapter. */
export interface LoadedHeads {
  /**
   * `score.weight` of a reward model; `v_head.summary.weight` and `v_head.summary.bias` of a value head. A policy with such a head
   * begins with it.
   */
  readonly heads: Weights
}

/** The low-rank change of an adapter, and the head that may lie with it. */
async function changeIn(
  path: string,
  config: ModelConfig,
): Promise<{ readonly lowRank: LowRank; readonly heads: Weights }> {
  const { lora, weights } = await loadAdapter(path, config)
  const shapes = loraShapes(config, lora)
  const pick = (change: boolean) =>
    Object.fromEntries(Object.entries(weights).filter(([name]) => name in shapes === change))
  return { lowRank: lowRankOf(lora, pick(true)), heads: pick(false) }
}

function requireOneChange({ adapter, lowRank }: LoadLanguageModelOptions): void {
  if (adapter === undefined || lowRank === undefined) return
  throw new LmError(
    'INVALID_OPTION',
    'loadLanguageModel: adapter and lowRank: expected one of them, got both',
  )
}

async function readWeights(
  { config, tensors }: Checkpoint,
  { progress, signal }: LoadLanguageModelOptions,
): Promise<Weights> {
  const names = Object.keys(parameterShapes(config))
  const weights: Record<string, Tensor> = {}
  let bytes = 0
  for (const [i, name] of names.entries()) {
    signal?.throwIfAborted()
    const tensor = await tensors.read(name)
    weights[name] = tensor
    bytes += tensor.data.byteLength
    progress?.({ tensors: i + 1, total: names.length, bytes, name })
  }
  return weights
}

/**
 * A checkpoint with all its weights, ready to run: a directory of Hugging Face, a GGUF file or one of llama2.c. The file is
 * closed again. A reward head or a value head that lies with it is in `heads`. Reading takes little more memory than the weights as f32.
 * @param path of the directory or the file.
 * @throws LmError as `loadCheckpoint`, `loadAdapter` and `createLanguageModel`; `INVALID_OPTION`; what `progress` throws, the
 *   reason of `signal`.
 */
export async function loadLanguageModel(
  path: string,
  options: LoadLanguageModelOptions = {},
): Promise<LoadedLanguageModel & LoadedHeads> {
  checkOptions('loadLanguageModel', options, {
    tokenizer: true,
    progress: true,
    signal: true,
    name: true,
    backend: true,
    variables: true,
    lowRank: true,
    adapter: true,
  })
  requireListeners('loadLanguageModel', options)
  requireOneChange(options)
  const { tokenizer = true, progress, signal, adapter, ...runtime } = options
  signal?.throwIfAborted()
  const checkpoint = await loadCheckpoint(path, { tokenizer })
  try {
    const { config } = checkpoint
    // First, so that what is wrong with it is told before the weights are read.
    const change = adapter === undefined ? undefined : await changeIn(adapter, config)
    const heads = { ...(await readHeads(checkpoint)), ...change?.heads }
    const weights = await readWeights(checkpoint, {
      ...(progress && { progress }),
      ...(signal && { signal }),
    })
    const model = createLanguageModel(config, weights, {
      name: checkpoint.path,
      ...runtime,
      ...(change ? { lowRank: change.lowRank } : {}),
    })
    const { tokenizer: found, chatTemplate, generationConfig, tokenizerFiles } = checkpoint
    return Object.assign(model, {
      path: checkpoint.path,
      heads,
      tokenizerFiles,
      ...(found ? { tokenizer: found } : {}),
      ...(chatTemplate ? { chatTemplate } : {}),
      ...(generationConfig ? { generationConfig } : {}),
    })
  } finally {
    await checkpoint.close()
  }
}
