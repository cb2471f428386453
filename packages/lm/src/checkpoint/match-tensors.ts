import type { ModelConfig } from '../config/model-config'
import { parameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import type { CheckpointTensors, StoredTensor } from './checkpoint-tensors'

const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** Names that every tensor of the model's body begins with. */
const bodyOf = (config: ModelConfig): string => (config.family === 'gpt2' ? 'transformer.' : 'model.')

/** Buffers that older versions of transformers saved, and which follow from the configuration. */
const buffers = /\.(rotary_emb\.inv_freq|attn\.bias|attn\.masked_bias)$/

/** The name as a model with a head has it: a body saved alone has no prefix. */
function fullName(name: string, body: string, known: ReadonlySet<string>): string {
  return !known.has(name) && known.has(`${body}${name}`) ? `${body}${name}` : name
}

function checkShape(stored: StoredTensor, expected: readonly number[] | undefined): void {
  const at = `${stored.file}: ${stored.storedAs}`
  if (!expected) throw new LmError('TENSOR_MISMATCH', `${at}: the configuration has no place for it`)
  const same =
    stored.shape.length === expected.length && stored.shape.every((size, axis) => size === expected[axis])
  if (same) return
  const problem = `the configuration expects shape ${formatShape(expected)}, got ${formatShape(stored.shape)}`
  throw new LmError('TENSOR_MISMATCH', `${at}: ${problem}`)
}

/**
 * The tensors of files as those of a model: every parameter that the configuration asks for must be there in its shape,
 * and nothing else of the model's body. Heads of other kinds are kept; the copy of a tied output projection is not.
 * @param where what messages call the files when a tensor is in none of them.
 * @throws LmError `MISSING_TENSOR` or `TENSOR_MISMATCH`, naming file and tensor.
 */
export function matchTensors(
  config: ModelConfig,
  stored: readonly StoredTensor[],
  where: string,
): CheckpointTensors {
  const expected = parameterShapes(config)
  const known = new Set(Object.keys(expected))
  const body = bodyOf(config)
  const found = new Map<string, StoredTensor>()
  for (const tensor of stored) {
    const name = fullName(tensor.name, body, known)
    const tiedCopy = config.tieWordEmbeddings && name === 'lm_head.weight'
    if (tiedCopy || (!known.has(name) && buffers.test(name))) continue
    const twin = found.get(name)
    if (twin) {
      const problem = `is there twice: ${twin.file} has it too, as ${twin.storedAs}`
      throw new LmError('TENSOR_MISMATCH', `${tensor.file}: ${tensor.storedAs}: ${problem}`)
    }
    if (known.has(name) || name.startsWith(body)) {
      checkShape(tensor, Object.hasOwn(expected, name) ? expected[name] : undefined)
    }
    found.set(name, tensor)
  }
  for (const [name, shape] of Object.entries(expected)) {
    if (found.has(name)) continue
    const problem = `no tensor of this name, which the configuration expects in shape ${formatShape(shape)}`
    throw new LmError('MISSING_TENSOR', `${where}: ${name}: ${problem}`)
  }
  return lookup(found, [...known], where)
}

function lookup(
  found: ReadonlyMap<string, StoredTensor>,
  first: readonly string[],
  where: string,
): CheckpointTensors {
  const get = (name: string): StoredTensor => {
    const tensor = found.get(name)
    if (tensor) return tensor
    throw new LmError('MISSING_TENSOR', `${where}: ${name}: no tensor of this name`)
  }
  return {
    names: [...new Set([...first, ...found.keys()])],
    info: (name) => {
      const { shape, type, file, storedAs } = get(name)
      return { shape, type, file, storedAs }
    },
    read: async (name) => get(name).read(),
  }
}
