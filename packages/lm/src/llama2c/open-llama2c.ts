import { Tensor } from '@prefkit/tensor'
import type { ByteSource } from '../byte-source'
import { excerpt } from '../check-options'
import type { CheckpointTensors, StoredTensor } from '../checkpoint/checkpoint-tensors'
import { matchTensors } from '../checkpoint/match-tensors'
import { separateRotaryPairs } from '../checkpoint/reorder'
import type { LlamaConfig } from '../config/model-config'
import { parseModelConfig } from '../config/parse-model-config'
import { LmError } from '../lm-error'

/** A file of llama2.c as a model. */
export interface OpenLlama2c {
  readonly config: LlamaConfig
  readonly tensors: CheckpointTensors
}

const headerBytes = 28

/** The first bytes of llama2.c's later formats, which have a version. */
const versionedMagic = 0x616b3432

/** @throws LmError `NOT_A_CHECKPOINT` when the first numbers cannot be those of a model. */
async function readConfig(source: ByteSource): Promise<LlamaConfig> {
  const expected = 'a checkpoint of llama2.c, which begins with seven numbers of the model'
  if (source.size < headerBytes) {
    throw new LmError('NOT_A_CHECKPOINT', `${source.name}: expected ${expected}, got ${source.size} bytes`)
  }
  const view = new DataView((await source.read(0, headerBytes)).buffer)
  const [dim, hidden, layers, heads, kvHeads, vocab, length] = Array.from({ length: 7 }, (_, i) =>
    view.getInt32(4 * i, true),
  ) as [number, number, number, number, number, number, number]
  if (dim === versionedMagic) {
    throw new LmError(
      'UNSUPPORTED_VERSION',
      `${source.name}: expected llama2.c's version 0, got version ${hidden}`,
    )
  }
  try {
    return parseModelConfig(
      {
        model_type: 'llama',
        hidden_size: dim,
        intermediate_size: hidden,
        num_hidden_layers: layers,
        num_attention_heads: heads,
        num_key_value_heads: kvHeads,
        head_dim: dim / heads,
        // A vocabulary below zero says that the output projection is stored on its own.
        vocab_size: Math.abs(vocab),
        tie_word_embeddings: vocab > 0,
        max_position_embeddings: length,
        rms_norm_eps: 1e-5,
        rope_theta: 10_000,
        bos_token_id: 1,
        eos_token_id: 2,
      },
      { file: source.name },
    ) as LlamaConfig
  } catch (cause) {
    const got = excerpt([dim, hidden, layers, heads, kvHeads, vocab, length])
    throw new LmError('NOT_A_CHECKPOINT', `${source.name}: expected ${expected}, got ${got}`, { cause })
  }
}

/** One kind of tensor, for all layers in a row; a tensor without a layer is alone. */
interface Run {
  /** Canonical name; `#` is the number of the layer. */
  readonly name: string
  readonly shape: readonly number[]
  /** Heads of queries or keys, whose rows are in pairs. */
  readonly pairsOf?: number
}

/** What follows the header, in order. The tables of RoPE follow from the configuration and are passed over. */
function layout(config: LlamaConfig): Run[] {
  const { hiddenSize: dim, intermediateSize: hidden, headDim, vocabSize, numAttentionHeads: heads } = config
  const [queries, keys] = [heads * headDim, config.numKeyValueHeads * headDim]
  const inLayer = 'model.layers.#.'
  return [
    { name: 'model.embed_tokens.weight', shape: [vocabSize, dim] },
    { name: `${inLayer}input_layernorm.weight`, shape: [dim] },
    { name: `${inLayer}self_attn.q_proj.weight`, shape: [queries, dim], pairsOf: heads },
    { name: `${inLayer}self_attn.k_proj.weight`, shape: [keys, dim], pairsOf: config.numKeyValueHeads },
    { name: `${inLayer}self_attn.v_proj.weight`, shape: [keys, dim] },
    { name: `${inLayer}self_attn.o_proj.weight`, shape: [dim, queries] },
    { name: `${inLayer}post_attention_layernorm.weight`, shape: [dim] },
    { name: `${inLayer}mlp.gate_proj.weight`, shape: [hidden, dim] },
    { name: `${inLayer}mlp.down_proj.weight`, shape: [dim, hidden] },
    { name: `${inLayer}mlp.up_proj.weight`, shape: [hidden, dim] },
    { name: 'model.norm.weight', shape: [dim] },
    { name: '', shape: [config.maxPositionEmbeddings, headDim] },
    ...(config.tieWordEmbeddings ? [] : [{ name: 'lm_head.weight', shape: [vocabSize, dim] }]),
  ]
}

const lengthOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

/** Numbers after the header, in f32; layers count as often as there are. */
const countNumbers = (runs: readonly Run[], layers: number): number =>
  runs.reduce((sum, { name, shape }) => sum + lengthOf(shape) * (name.includes('#') ? layers : 1), 0)

function storedTensor(
  source: ByteSource,
  { name: pattern, shape, pairsOf }: Run,
  layer: number,
  at: number,
): StoredTensor {
  const name = pattern.replace('#', String(layer))
  const read = async () => {
    const bytes = await source.read(at, 4 * lengthOf(shape))
    const data = new Float32Array(bytes.buffer, bytes.byteOffset, lengthOf(shape))
    const ordered = pairsOf ? separateRotaryPairs(data, pairsOf, shape[0]! / pairsOf) : data
    return Tensor.fromData(ordered, shape, 'f32')
  }
  return { name, shape, type: 'F32', file: source.name, storedAs: name, read }
}

/**
 * Opens a checkpoint of llama2.c (its first format, of f32) as a model, under the names and in the order of Hugging
 * Face.
 * @throws LmError `NOT_A_CHECKPOINT` when it can be none, `UNSUPPORTED_VERSION` for a later format, `INVALID_FILE`
 *   when its size is not the one that its first numbers ask for.
 */
export async function openLlama2c(source: ByteSource): Promise<OpenLlama2c> {
  const config = await readConfig(source)
  const runs = layout(config)
  const expected = headerBytes + 4 * countNumbers(runs, config.numHiddenLayers)
  if (source.size !== expected) {
    const problem = `its first numbers ask for ${expected} bytes, it has ${source.size}`
    throw new LmError('INVALID_FILE', `${source.name}: ${problem}: truncated, or no checkpoint of llama2.c`)
  }
  const stored: StoredTensor[] = []
  let at = headerBytes
  for (const run of runs) {
    const times = run.name.includes('#') ? config.numHiddenLayers : 1
    for (let layer = 0; layer < times; layer++, at += 4 * lengthOf(run.shape)) {
      if (run.name !== '') stored.push(storedTensor(source, run, layer, at))
    }
  }
  return { config, tensors: matchTensors(config, stored, source.name) }
}
