import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type OpenSafetensors, openSafetensors } from '@prefkit/nn/files'
import { excerpt } from '../check-options'
import type { StoredTensor } from '../checkpoint/checkpoint-tensors'
import { isRecord } from '../config/field-reader'
import { LmError } from '../lm-error'
import { readJsonIfThere } from './read-json'
import { translated } from './translate-error'

/** The safetensors files of a directory. */
export interface OpenWeights {
  readonly tensors: readonly StoredTensor[]
  close(): Promise<void>
}

const single = 'model.safetensors'
const indexName = 'model.safetensors.index.json'

/** The file that each tensor is in. */
async function readIndex(path: string): Promise<Map<string, string>> {
  const index = await readJsonIfThere(path)
  const map = isRecord(index) ? index.weight_map : undefined
  if (!isRecord(map)) {
    throw new LmError(
      'INVALID_FILE',
      `${path}: weight_map: expected the files of tensors, got ${excerpt(map)}`,
    )
  }
  for (const [name, file] of Object.entries(map)) {
    // Nothing outside the directory is read, whatever the index says.
    if (typeof file === 'string' && /^[\w.-]+\.safetensors$/.test(file)) continue
    const problem = `expected the name of a safetensors file, got ${excerpt(file)}`
    throw new LmError('INVALID_FILE', `${path}: weight_map: ${excerpt(name)}: ${problem}`)
  }
  return new Map(Object.entries(map) as [string, string][])
}

async function openShard(directory: string, file: string, index: string): Promise<OpenSafetensors> {
  const path = join(directory, file)
  if (existsSync(path)) return translated(() => openSafetensors(path))
  throw new LmError(
    'MISSING_FILE',
    `${path}: no such file, which ${index} names: a part of the weights is missing`,
  )
}

const storedTensors = (path: string, file: OpenSafetensors): StoredTensor[] =>
  file.entries.map(({ name, type, shape }) => ({
    name,
    shape,
    type,
    file: path,
    storedAs: name,
    read: () => translated(() => file.read(name)),
  }))

/** Shards that hold what the index says they do; the index decides where a tensor is that two of them have. */
async function openShards(directory: string): Promise<OpenWeights> {
  const index = join(directory, indexName)
  const map = await readIndex(index)
  const files = new Map<string, OpenSafetensors>()
  const close = async () => {
    for (const file of files.values()) await file.close()
  }
  try {
    for (const name of new Set(map.values())) files.set(name, await openShard(directory, name, index))
    const tensors = [...files].flatMap(([name, file]) =>
      storedTensors(join(directory, name), file).filter((tensor) => map.get(tensor.name) === name),
    )
    const found = new Set(tensors.map(({ name }) => name))
    const lacking = [...map].find(([name]) => !found.has(name))
    if (!lacking) return { tensors, close }
    const problem = `no tensor of this name, which ${index} says it has`
    throw new LmError('MISSING_TENSOR', `${join(directory, lacking[1])}: ${lacking[0]}: ${problem}`)
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens model.safetensors of a directory, or the shards that its index names.
 * @throws LmError `MISSING_FILE` when there are neither, or a shard is not there; `INVALID_FILE`, `MISSING_TENSOR`.
 */
export async function openWeights(directory: string): Promise<OpenWeights> {
  const path = join(directory, single)
  if (existsSync(path)) {
    const file = await translated(() => openSafetensors(path))
    return { tensors: storedTensors(path, file), close: () => file.close() }
  }
  if (existsSync(join(directory, indexName))) return openShards(directory)
  throw new LmError('MISSING_FILE', `${directory}: expected ${single} or ${indexName} beside config.json`)
}
