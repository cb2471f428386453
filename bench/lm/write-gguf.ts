import { closeSync, openSync, writeSync } from 'node:fs'
import type { Checkpoint, LlamaConfig } from '../../packages/lm/dist/index.js'

/** How the matrices of a file are stored; vectors are f32 in both, as llama.cpp has them. */
export type GgufPrecision = 'f32' | 'f16'

/** Codes of GGUF's types of values, and of its types of tensors. */
const valueTypes = { u32: 4, i32: 5, f32: 6, string: 8, array: 9 } as const
const tensorTypes: Readonly<Record<GgufPrecision, number>> = { f32: 0, f16: 1 }

/** Tensors begin at multiples of this. */
const alignment = 32

const padding = (size: number): Buffer => Buffer.alloc((alignment - (size % alignment)) % alignment)

function number(type: 'u32' | 'i32' | 'f32' | 'u64', value: number): Buffer {
  const bytes = Buffer.alloc(type === 'u64' ? 8 : 4)
  if (type === 'u64') bytes.writeBigUInt64LE(BigInt(value))
  else if (type === 'f32') bytes.writeFloatLE(value)
  else bytes.writeInt32LE(value)
  return bytes
}

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([number('u64', bytes.length), bytes])
}

const typed = (key: string, type: keyof typeof valueTypes, ...value: readonly Buffer[]): Buffer =>
  Buffer.concat([string(key), number('u32', valueTypes[type]), ...value])

/** An entry of the metadata, by the type of its value. */
const entry = {
  u32: (key: string, value: number) => typed(key, 'u32', number('u32', value)),
  f32: (key: string, value: number) => typed(key, 'f32', number('f32', value)),
  text: (key: string, value: string) => typed(key, 'string', string(value)),
  array: (key: string, type: 'i32' | 'string', values: readonly Buffer[]) => {
    const count = number('u64', values.length)
    return typed(key, 'array', number('u32', valueTypes[type]), count, Buffer.concat(values))
  },
}

/** What is read of a tokenizer.json. */
interface TokenizerJson {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (string | readonly [string, string])[]
  }
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[]
}

/** Token types of llama.cpp. */
const [normal, control] = [1, 3]

function tokenizerEntries({ config, tokenizer }: Checkpoint): Buffer[] {
  const { model, added_tokens: added } = tokenizer!.files.tokenizer as TokenizerJson
  const tokens: string[] = Array.from({ length: config.vocabSize }, (_, id) => `<unused ${id}>`)
  const types: number[] = tokens.map(() => normal)
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token
  for (const { id, content } of added) {
    tokens[id] = content
    types[id] = control
  }
  const merges = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')))
  return [
    entry.text('tokenizer.ggml.model', 'gpt2'),
    entry.text('tokenizer.ggml.pre', 'smollm'),
    entry.array('tokenizer.ggml.tokens', 'string', tokens.map(string)),
    entry.array(
      'tokenizer.ggml.token_type',
      'i32',
      types.map((type) => number('i32', type)),
    ),
    entry.array('tokenizer.ggml.merges', 'string', merges.map(string)),
    entry.u32('tokenizer.ggml.bos_token_id', config.bosTokenId ?? 1),
    entry.u32('tokenizer.ggml.eos_token_id', config.eosTokenIds[0] ?? 2),
  ]
}

const metadata = (checkpoint: Checkpoint, config: LlamaConfig): Buffer[] => [
  entry.text('general.architecture', 'llama'),
  entry.u32('llama.vocab_size', config.vocabSize),
  entry.u32('llama.context_length', config.maxPositionEmbeddings),
  entry.u32('llama.embedding_length', config.hiddenSize),
  entry.u32('llama.block_count', config.numHiddenLayers),
  entry.u32('llama.feed_forward_length', config.intermediateSize),
  entry.u32('llama.attention.head_count', config.numAttentionHeads),
  entry.u32('llama.attention.head_count_kv', config.numKeyValueHeads),
  entry.u32('llama.rope.dimension_count', config.headDim),
  entry.f32('llama.rope.freq_base', config.rope.theta),
  entry.f32('llama.attention.layer_norm_rms_epsilon', config.rmsNormEps),
  ...tokenizerEntries(checkpoint),
]

const names: readonly (readonly [string, string])[] = [
  ['model.embed_tokens', 'token_embd'],
  ['model.norm', 'output_norm'],
  ['lm_head', 'output'],
  ['model.layers.', 'blk.'],
  ['.input_layernorm', '.attn_norm'],
  ['.post_attention_layernorm', '.ffn_norm'],
  ['.self_attn.q_proj', '.attn_q'],
  ['.self_attn.k_proj', '.attn_k'],
  ['.self_attn.v_proj', '.attn_v'],
  ['.self_attn.o_proj', '.attn_output'],
  ['.mlp.gate_proj', '.ffn_gate'],
  ['.mlp.up_proj', '.ffn_up'],
  ['.mlp.down_proj', '.ffn_down'],
]

/** A parameter's name with llama.cpp. */
const ggufName = (name: string): string =>
  names.reduce((text, [theirs, own]) => text.replace(theirs, own), name)

/** The two numbers that RoPE turns together, half a head apart with Hugging Face, as neighbours. */
function joinRotaryPairs(data: Float32Array, heads: number, headDim: number): Float32Array {
  const width = data.length / (heads * headDim)
  const joined = new Float32Array(data.length)
  for (let row = 0; row < heads * headDim; row++) {
    const inHead = row % headDim
    const half = headDim / 2
    const to = row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1)
    joined.set(data.subarray(row * width, (row + 1) * width), to * width)
  }
  return joined
}

function ordered(name: string, data: Float32Array, config: LlamaConfig): Float32Array {
  if (name.endsWith('q_proj.weight')) return joinRotaryPairs(data, config.numAttentionHeads, config.headDim)
  if (name.endsWith('k_proj.weight')) return joinRotaryPairs(data, config.numKeyValueHeads, config.headDim)
  return data
}

function bytesOf(data: Float32Array, precision: GgufPrecision): Buffer {
  const stored = precision === 'f16' ? globalThis.Float16Array.from(data) : data
  return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
}

/**
 * Writes a checkpoint of SmolLM2, or one that is built and tokenised like it, as the GGUF that llama.cpp's own converter
 * would make of it, with matrices of f32 or f16.
 * @throws Error for another family, or a checkpoint without a tokeniser.
 */
export async function writeGguf(
  path: string,
  checkpoint: Checkpoint,
  precision: GgufPrecision,
): Promise<void> {
  const { config, tensors, tokenizer } = checkpoint
  if (config.family !== 'llama' || config.rope.scaling || !tokenizer)
    throw new Error(`${checkpoint.path}: expected a Llama with a tokeniser and without scaled RoPE`)
  const stored = tensors.names.map((name) => {
    const { shape } = tensors.info(name)
    const type: GgufPrecision = shape.length === 1 ? 'f32' : precision
    const size = shape.reduce((product, each) => product * each, type === 'f16' ? 2 : 4)
    return { name, shape, type, size }
  })
  const entries = metadata(checkpoint, config)
  const header: Buffer[] = [Buffer.from('GGUF'), number('u32', 3)]
  header.push(number('u64', stored.length), number('u64', entries.length), ...entries)
  let offset = 0
  for (const { name, shape, type, size } of stored) {
    const sizes = shape.toReversed().map((each) => number('u64', each))
    header.push(string(ggufName(name)), number('u32', shape.length), ...sizes)
    header.push(number('u32', tensorTypes[type]), number('u64', offset))
    offset += size + padding(size).length
  }
  const file = openSync(path, 'w')
  try {
    const bytes = Buffer.concat(header)
    writeSync(file, Buffer.concat([bytes, padding(bytes.length)]))
    for (const { name, type, size } of stored) {
      const { data } = await tensors.read(name)
      // f32, as checkpoints are read.
      writeSync(file, bytesOf(ordered(name, data as Float32Array, config), type))
      writeSync(file, padding(size))
    }
  } finally {
    closeSync(file)
  }
}
