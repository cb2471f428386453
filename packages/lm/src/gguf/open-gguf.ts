import { Tensor } from '@prefkit/tensor'
import type { ByteSource } from '../byte-source'
import type { CheckpointTensors, StoredTensor } from '../checkpoint/checkpoint-tensors'
import { matchTensors } from '../checkpoint/match-tensors'
import { separateRotaryPairs, transposed } from '../checkpoint/reorder'
import type { LlamaConfig, ModelConfig } from '../config/model-config'
import { ggufConfig } from './gguf-config'
import type { GgufHeader, GgufTensor } from './parse-gguf'
import { readGgufHeader } from './read-header'
import { readGgufTensor } from './read-tensor'
import { canonicalName, type StoredOrder } from './tensor-names'

/** A GGUF file: what its header says, as a model. */
export interface OpenGguf {
  readonly header: GgufHeader
  readonly config: ModelConfig
  readonly tensors: CheckpointTensors
}

/** What puts the elements into the order of Hugging Face, given the shape that they have in the file. */
const reorderings: Readonly<
  Record<StoredOrder, (data: Float32Array, shape: readonly number[], config: ModelConfig) => Float32Array>
> = {
  same: (data) => data,
  'query-pairs': (data, _, config) => {
    const { numAttentionHeads, headDim } = config as LlamaConfig
    return separateRotaryPairs(data, numAttentionHeads, headDim)
  },
  'key-pairs': (data, _, config) => {
    const { numKeyValueHeads, headDim } = config as LlamaConfig
    return separateRotaryPairs(data, numKeyValueHeads, headDim)
  },
  transposed: (data, [rows = 1, columns = 1]) => transposed(data, rows, columns),
}

function storedTensor(source: ByteSource, tensor: GgufTensor, config: ModelConfig): StoredTensor {
  const { name, order } = canonicalName(tensor.name, config)
  const shape = order === 'transposed' ? tensor.shape.toReversed() : tensor.shape
  return {
    name,
    shape,
    type: tensor.type.name,
    file: source.name,
    storedAs: tensor.name,
    read: async () => {
      const data = await readGgufTensor(source, tensor)
      return Tensor.fromData(reorderings[order](data, tensor.shape, config), shape, 'f32')
    },
  }
}

/**
 * Opens a GGUF file of version 2 or 3 as a model, under the names and in the order of Hugging Face. Tensors are
 * dequantised when they are read: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K and Q6_K.
 * @throws LmError `NOT_A_CHECKPOINT`, `UNSUPPORTED_VERSION`, `UNSUPPORTED_DTYPE`, `INVALID_FILE`,
 *   `UNKNOWN_ARCHITECTURE`, `INVALID_CONFIG`, `MISSING_TENSOR` or `TENSOR_MISMATCH`, naming file and tensor.
 */
export async function openGguf(source: ByteSource): Promise<OpenGguf> {
  const header = await readGgufHeader(source)
  const frequencies = header.tensors.find(({ name }) => name === 'rope_freqs.weight')
  const factors = frequencies && (await readGgufTensor(source, frequencies))
  const config = ggufConfig(header, source.name, factors)
  const stored = header.tensors
    .filter((tensor) => tensor !== frequencies)
    .map((tensor) => storedTensor(source, tensor, config))
  return { header, config, tensors: matchTensors(config, stored, source.name) }
}
