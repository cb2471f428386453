import { copyFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import { Tensor } from '@prefkit/tensor'
import { checkOptions, excerpt } from '../check-options'
import type { Checkpoint } from '../checkpoint/checkpoint'
import type { CheckpointTensors, StoredTensor } from '../checkpoint/checkpoint-tensors'
import { matchTensors } from '../checkpoint/match-tensors'
import { generationConfigToJson } from '../config/generation-config'
import { modelConfigToJson } from '../config/model-config-to-json'
import { LmError } from '../lm-error'
import { translated } from './translate-error'

/** What is saved: a `Checkpoint` is this, and so is a model that was trained. */
export interface SavedCheckpoint
  extends Pick<Checkpoint, 'config' | 'tokenizer' | 'chatTemplate' | 'generationConfig'> {
  /** Parameters by the names of `parameterShapes`; others are kept beside them. */
  readonly tensors: CheckpointTensors | Readonly<Record<string, Tensor>>
  /** Paths of the tokeniser's files, which are copied. Without them its files are written from `tokenizer`. */
  readonly tokenizerFiles?: readonly string[]
}

/** Options of {@link saveCheckpoint}. */
export interface SaveCheckpointOptions {
  /** Largest file of weights, in bytes; a model that needs more has several and an index. Default: 5,000,000,000. */
  maxShardBytes?: number
}

const isLazy = (tensors: SavedCheckpoint['tensors']): tensors is CheckpointTensors =>
  Array.isArray((tensors as CheckpointTensors).names)

/** Tensors in memory, checked against the configuration as those of a file are. */
function asCheckpointTensors({ config, tensors }: SavedCheckpoint, path: string): CheckpointTensors {
  if (isLazy(tensors)) return tensors
  const stored = Object.entries(tensors).map(([name, tensor]): StoredTensor => {
    if (!Tensor.isTensor(tensor) || tensor.dtype !== 'f32') {
      const got = Tensor.isTensor(tensor) ? tensor.dtype : excerpt(tensor)
      throw new LmError('INVALID_OPTION', `tensors: ${name}: expected a tensor of f32, got ${got}`)
    }
    return { name, shape: tensor.dims, type: 'F32', file: path, storedAs: name, read: () => tensor.read() }
  })
  return matchTensors(config, stored, path)
}

const bytesOf = (tensors: CheckpointTensors, name: string): number =>
  tensors.info(name).shape.reduce((product, size) => product * size, 4)

/** Names of tensors, file by file. */
function shardsOf(tensors: CheckpointTensors, most: number): string[][] {
  const shards: string[][] = [[]]
  let held = 0
  for (const name of tensors.names) {
    const bytes = bytesOf(tensors, name)
    if (held > 0 && held + bytes > most) {
      shards.push([])
      held = 0
    }
    shards.at(-1)!.push(name)
    held += bytes
  }
  return shards
}

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`)

/** Only the tensors of one file are in memory at a time. */
async function writeWeights(directory: string, tensors: CheckpointTensors, most: number): Promise<void> {
  const shards = shardsOf(tensors, most)
  const digits = (value: number) => String(value).padStart(5, '0')
  const nameOf = (shard: number) =>
    shards.length === 1
      ? 'model.safetensors'
      : `model-${digits(shard + 1)}-of-${digits(shards.length)}.safetensors`
  for (const [shard, names] of shards.entries()) {
    const held: Record<string, Tensor> = {}
    for (const name of names) held[name] = await tensors.read(name)
    // transformers refuses files that do not say which library they are for.
    await writeSafetensors(join(directory, nameOf(shard)), held, { metadata: { format: 'pt' } })
  }
  if (shards.length === 1) return
  const places = shards.flatMap((names, shard) => names.map((name) => [name, nameOf(shard)] as const))
  const total = tensors.names.reduce((sum, name) => sum + bytesOf(tensors, name), 0)
  await writeJson(join(directory, 'model.safetensors.index.json'), {
    metadata: { total_size: total },
    weight_map: Object.fromEntries(places),
  })
}

async function writeTokenizer(directory: string, saved: SavedCheckpoint): Promise<void> {
  const { tokenizer, chatTemplate, tokenizerFiles = [] } = saved
  for (const path of tokenizerFiles) await copyFile(path, join(directory, basename(path)))
  if (!tokenizer || tokenizerFiles.length > 0) return
  const template = chatTemplate ? { chat_template: chatTemplate.source } : {}
  await writeJson(join(directory, 'tokenizer.json'), tokenizer.files.tokenizer)
  await writeJson(join(directory, 'tokenizer_config.json'), { ...tokenizer.files.config, ...template })
}

/**
 * Saves a model as a directory that transformers and `loadCheckpoint` open: config.json, weights of f32 as
 * safetensors, and what there is of tokeniser, chat template and generation_config.json. The directory is replaced
 * whole or not at all.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when the tensors are not those of the configuration;
 *   `INVALID_OPTION`; `WRITE_FAILED` when it cannot be written: what was there before is then as it was.
 */
export async function saveCheckpoint(
  path: string,
  saved: SavedCheckpoint,
  options: SaveCheckpointOptions = {},
): Promise<void> {
  checkOptions('saveCheckpoint', options, { maxShardBytes: true })
  const { maxShardBytes = 5e9 } = options
  if (!(maxShardBytes > 0)) {
    throw new LmError(
      'INVALID_OPTION',
      `maxShardBytes: expected a number above 0, got ${excerpt(maxShardBytes)}`,
    )
  }
  const tensors = asCheckpointTensors(saved, path)
  const { config, generationConfig } = saved
  await translated(() =>
    replaceDirectory(path, async (directory) => {
      await writeJson(join(directory, 'config.json'), modelConfigToJson(config))
      if (generationConfig) {
        await writeJson(join(directory, 'generation_config.json'), generationConfigToJson(generationConfig))
      }
      await writeTokenizer(directory, saved)
      await writeWeights(directory, tensors, maxShardBytes)
    }),
  )
}
