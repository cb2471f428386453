import { excerpt } from '../check-options'
import { type FieldReader, fieldReader } from '../config/field-reader'
import type { ModelConfig } from '../config/model-config'
import { parseModelConfig } from '../config/parse-model-config'
import { LmError } from '../lm-error'
import type { GgufHeader } from './parse-gguf'

/** The shortest decimal that is the same f32: 0.00001 instead of 0.000009999999747378752. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === Math.fround(value)) return rounded
  }
  return value
}

const architectures: readonly string[] = ['llama', 'qwen2', 'qwen3', 'gpt2']

/** Settings of llama.cpp for what no family here does; their keys follow the architecture's name. */
const unknownSettings = [
  'attention.sliding_window',
  'expert_count',
  'rope.scaling.attn_factor',
  'rope.scaling.yarn_ext_factor',
  'rope.scaling.yarn_log_multiplier',
]

function checkArchitecture(fields: FieldReader): string {
  const name = fields.raw('general.architecture')
  if (typeof name === 'string' && architectures.includes(name)) {
    const other = unknownSettings.find(
      (key) => fields.has(`${name}.${key}`) && fields.number(`${name}.${key}`) !== 0,
    )
    if (other === undefined) return name
    const got = excerpt(fields.raw(`${name}.${other}`))
    throw new LmError('UNKNOWN_ARCHITECTURE', `${fields.file}: ${name}.${other}: expected none, got ${got}`)
  }
  const problem = `general.architecture: expected one of ${architectures.join(', ')}, got ${excerpt(name)}`
  throw new LmError('UNKNOWN_ARCHITECTURE', `${fields.file}: ${problem}`)
}

/** The scaling of RoPE in the words of a config.json. */
function ropeScaling(fields: FieldReader, at: (key: string) => string): object | null {
  const type = fields.text(at('rope.scaling.type'), 'none')
  if (type === 'none') return null
  const original = at('rope.scaling.original_context_length')
  return {
    rope_type: type,
    factor: shortest(fields.positive(at('rope.scaling.factor'))),
    ...(fields.has(original) ? { original_max_position_embeddings: fields.whole(original) } : {}),
  }
}

/**
 * Llama 3.1's scaling is in a GGUF not by its parameters but by the factor of each frequency. All models that have it
 * use the same ramp, and so the parameters are those that give these factors.
 * @param factors of the rope_freqs tensor, half a head long.
 * @throws LmError `UNKNOWN_ARCHITECTURE` for factors of another ramp.
 */
export function llama3Scaling(factors: ArrayLike<number>, theta: number, file: string): object {
  const values = Array.from(factors)
  const factor = Math.max(...values)
  const ramp = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 }
  const fits = values.every((value, i) => {
    const wavelength = 2 * Math.PI * theta ** (i / values.length)
    const turns = ramp.original_max_position_embeddings / wavelength
    const smooth = (turns - ramp.low_freq_factor) / (ramp.high_freq_factor - ramp.low_freq_factor)
    const kept = Math.min(1, Math.max(0, smooth))
    const expected = 1 / ((1 - kept) / factor + kept)
    return Math.abs(value - expected) <= 1e-4 * expected
  })
  if (fits) return { rope_type: 'llama3', factor, ...ramp }
  const problem =
    'rope_freqs.weight: expected the factors of Llama 3.1, with its ramp from 1 to 4 of 8192 tokens'
  throw new LmError('UNKNOWN_ARCHITECTURE', `${file}: ${problem}, got others`)
}

function tokenFields(fields: FieldReader): object {
  const id = (name: string) => fields.raw(`tokenizer.ggml.${name}_token_id`) ?? null
  const ends = [...new Set([id('eos'), id('eot')].filter((each) => each !== null))]
  return { bos_token_id: id('bos'), eos_token_id: ends, pad_token_id: id('padding') }
}

/**
 * The configuration that a GGUF's metadata and tensors say.
 * @param ropeFactors elements of the tensor rope_freqs, where there is one.
 * @throws LmError `UNKNOWN_ARCHITECTURE`, or `INVALID_CONFIG` naming the key.
 */
export function ggufConfig(header: GgufHeader, file: string, ropeFactors?: ArrayLike<number>): ModelConfig {
  const fields = fieldReader(header.metadata, file)
  const architecture = checkArchitecture(fields)
  const at = (key: string) => `${architecture}.${key}`
  const shapes = new Map(header.tensors.map(({ name, shape }) => [name, shape]))
  const embeddings = shapes.get('token_embd.weight')
  if (embeddings?.length !== 2) {
    throw new LmError('MISSING_TENSOR', `${file}: token_embd.weight: expected this tensor, with 2 dimensions`)
  }
  const shared = {
    model_type: architecture,
    vocab_size: embeddings[0],
    tie_word_embeddings: !shapes.has('output.weight'),
    ...tokenFields(fields),
  }
  const own = architecture === 'gpt2' ? gpt2Fields(fields, at) : llamaFields(fields, at, shapes, ropeFactors)
  return parseModelConfig({ ...shared, ...own }, { file })
}

type Key = (key: string) => string

const gpt2Fields = (fields: FieldReader, at: Key): object => ({
  n_embd: fields.whole(at('embedding_length')),
  n_inner: fields.whole(at('feed_forward_length')),
  n_layer: fields.whole(at('block_count')),
  n_head: fields.whole(at('attention.head_count')),
  n_positions: fields.whole(at('context_length')),
  layer_norm_epsilon: shortest(fields.positive(at('attention.layer_norm_epsilon'))),
})

function llamaFields(
  fields: FieldReader,
  at: Key,
  shapes: ReadonlyMap<string, readonly number[]>,
  ropeFactors: ArrayLike<number> | undefined,
): object {
  const heads = fields.whole(at('attention.head_count'))
  const hidden = fields.whole(at('embedding_length'))
  const headDim = fields.whole(at('attention.key_length'), Math.floor(hidden / heads))
  for (const key of ['attention.value_length', 'rope.dimension_count']) {
    if (fields.whole(at(key), headDim) !== headDim) fields.refuse(at(key), `${headDim}, the width of a head`)
  }
  const theta = shortest(fields.positive(at('rope.freq_base'), 10_000))
  return {
    hidden_size: hidden,
    intermediate_size: fields.whole(at('feed_forward_length')),
    num_hidden_layers: fields.whole(at('block_count')),
    num_attention_heads: heads,
    num_key_value_heads: fields.whole(at('attention.head_count_kv'), heads),
    head_dim: headDim,
    max_position_embeddings: fields.whole(at('context_length')),
    rms_norm_eps: shortest(fields.positive(at('attention.layer_norm_rms_epsilon'))),
    rope_theta: theta,
    rope_scaling: ropeFactors ? llama3Scaling(ropeFactors, theta, fields.file) : ropeScaling(fields, at),
    attention_bias: shapes.has('blk.0.attn_q.bias'),
    mlp_bias: shapes.has('blk.0.ffn_up.bias'),
  }
}
