import { checkOptions, excerpt } from '../check-options'
import { LmError } from '../lm-error'
import { type FieldReader, fieldReader, readTokenIds } from './field-reader'
import type { Gpt2Config, LlamaConfig, ModelConfig, ModelFamily } from './model-config'
import { readRope } from './rope-config'

/** Every layer has names and shapes, so a number out of a broken file must not be believed. */
const mostLayers = 10_000

/** Where families of Llama's kind differ; defaults are those of transformers. */
interface Variant {
  readonly keyValueHeads?: number
  readonly headDim?: number
  readonly qkvBias: (fields: FieldReader) => boolean
  readonly outputBias: (fields: FieldReader) => boolean
  readonly mlpBias: (fields: FieldReader) => boolean
  readonly qkNorm: boolean
  readonly slidingWindow: (fields: FieldReader, layers: number) => Sliding
}

type Sliding = Pick<LlamaConfig, 'slidingWindow' | 'slidingLayers'>

const yes = () => true
const no = () => false
const attentionBias = (fields: FieldReader) => fields.boolean('attention_bias', false)
const everywhere = (): Sliding => ({ slidingLayers: [] })

/** Mistral's first window is the default of its configuration: none only where it says null. */
function mistralWindow(fields: FieldReader, layers: number): Sliding {
  if (fields.isNull('sliding_window')) return { slidingLayers: [] }
  return {
    slidingWindow: fields.whole('sliding_window', 4096),
    slidingLayers: Array.from({ length: layers }, yes),
  }
}

const layerKinds: Readonly<Record<string, boolean>> = { full_attention: false, sliding_attention: true }

/** Qwen's last layers slide, where they are told to. */
function qwenWindow(fields: FieldReader, layers: number): Sliding {
  if (!fields.boolean('use_sliding_window', false)) return { slidingLayers: [] }
  const given = fields.raw('layer_types')
  const first = fields.whole('max_window_layers', 28, 0)
  const slidingLayers: (boolean | undefined)[] = Array.isArray(given)
    ? given.map((kind): boolean | undefined => layerKinds[String(kind)])
    : Array.from({ length: layers }, (_, layer) => layer >= first)
  if (slidingLayers.length !== layers || slidingLayers.includes(undefined)) {
    fields.refuse('layer_types', `one of ${Object.keys(layerKinds).join(', ')} for each of ${layers} layers`)
  }
  if (!slidingLayers.includes(true)) return { slidingLayers: [] }
  return { slidingWindow: fields.whole('sliding_window', 4096), slidingLayers: slidingLayers as boolean[] }
}

const variants: Readonly<Record<LlamaConfig['family'], Variant>> = {
  llama: {
    qkvBias: attentionBias,
    outputBias: attentionBias,
    mlpBias: (fields) => fields.boolean('mlp_bias', false),
    qkNorm: false,
    slidingWindow: everywhere,
  },
  mistral: {
    keyValueHeads: 8,
    qkvBias: no,
    outputBias: no,
    mlpBias: no,
    qkNorm: false,
    slidingWindow: mistralWindow,
  },
  qwen2: {
    keyValueHeads: 32,
    qkvBias: yes,
    outputBias: no,
    mlpBias: no,
    qkNorm: false,
    slidingWindow: qwenWindow,
  },
  qwen3: {
    keyValueHeads: 32,
    headDim: 128,
    qkvBias: attentionBias,
    outputBias: attentionBias,
    mlpBias: no,
    qkNorm: true,
    slidingWindow: qwenWindow,
  },
}

function tokens(fields: FieldReader): Pick<ModelConfig, 'bosTokenId' | 'eosTokenIds' | 'padTokenId'> {
  const [bosTokenId, padTokenId] = ['bos_token_id', 'pad_token_id'].map(
    (name) => readTokenIds(fields, name)[0],
  )
  return {
    ...(bosTokenId === undefined ? {} : { bosTokenId }),
    eosTokenIds: readTokenIds(fields, 'eos_token_id'),
    ...(padTokenId === undefined ? {} : { padTokenId }),
  }
}

const readLlama =
  (family: LlamaConfig['family']) =>
  (fields: FieldReader): LlamaConfig => {
    const variant = variants[family]
    const hiddenSize = fields.whole('hidden_size')
    const heads = fields.whole('num_attention_heads')
    const layers = fields.whole('num_hidden_layers', undefined, 1, mostLayers)
    // A key that says null asks for as many as there are heads; a key that is not there for the family's own default.
    const fallback = fields.isNull('num_key_value_heads') ? heads : (variant.keyValueHeads ?? heads)
    const keyValueHeads = fields.whole('num_key_value_heads', fallback)
    if (heads % keyValueHeads !== 0) {
      fields.refuse('num_key_value_heads', `a divisor of num_attention_heads, ${heads}`)
    }
    const headDim = fields.whole('head_dim', variant.headDim ?? Math.floor(hiddenSize / heads))
    if (headDim % 2 !== 0) fields.refuse('head_dim', 'an even number (hidden_size / num_attention_heads)')
    if (fields.text('hidden_act', 'silu') !== 'silu') fields.refuse('hidden_act', 'silu')
    return {
      family,
      vocabSize: fields.whole('vocab_size'),
      hiddenSize,
      intermediateSize: fields.whole('intermediate_size'),
      numHiddenLayers: layers,
      numAttentionHeads: heads,
      numKeyValueHeads: keyValueHeads,
      headDim,
      hiddenAct: 'silu',
      maxPositionEmbeddings: fields.whole('max_position_embeddings'),
      rmsNormEps: fields.positive('rms_norm_eps', 1e-6),
      rope: readRope(fields),
      qkvBias: variant.qkvBias(fields),
      outputBias: variant.outputBias(fields),
      mlpBias: variant.mlpBias(fields),
      qkNorm: variant.qkNorm,
      ...variant.slidingWindow(fields, layers),
      tieWordEmbeddings: fields.boolean('tie_word_embeddings', false),
      ...tokens(fields),
    }
  }

function readGpt2(fields: FieldReader): Gpt2Config {
  const hiddenSize = fields.whole('n_embd')
  const heads = fields.whole('n_head')
  if (hiddenSize % heads !== 0) fields.refuse('n_head', `a divisor of n_embd, ${hiddenSize}`)
  const activation = fields.text('activation_function', 'gelu_new')
  if (activation !== 'gelu_new') fields.refuse('activation_function', 'gelu_new')
  if (!fields.boolean('scale_attn_weights', true)) fields.refuse('scale_attn_weights', 'true')
  for (const name of ['scale_attn_by_inverse_layer_idx', 'add_cross_attention']) {
    if (fields.boolean(name, false)) fields.refuse(name, 'false')
  }
  return {
    family: 'gpt2',
    vocabSize: fields.whole('vocab_size'),
    hiddenSize,
    intermediateSize: fields.whole('n_inner', 4 * hiddenSize),
    numHiddenLayers: fields.whole('n_layer', undefined, 1, mostLayers),
    numAttentionHeads: heads,
    hiddenAct: 'gelu_new',
    maxPositionEmbeddings: fields.whole('n_positions'),
    layerNormEps: fields.positive('layer_norm_epsilon', 1e-5),
    tieWordEmbeddings: fields.boolean('tie_word_embeddings', true),
    ...tokens(fields),
  }
}

const families: Readonly<Record<ModelFamily, (fields: FieldReader) => ModelConfig>> = {
  llama: readLlama('llama'),
  mistral: readLlama('mistral'),
  qwen2: readLlama('qwen2'),
  qwen3: readLlama('qwen3'),
  gpt2: readGpt2,
}

/** Options of {@link parseModelConfig}. */
export interface ParseModelConfigOptions {
  /** What errors call the object. Default: `config.json`. */
  file?: string
}

/**
 * The configuration of a model from the object in a config.json of Hugging Face, checked. Fields that do not change
 * what the model computes, such as those of dropout, are passed over.
 * @throws LmError `UNKNOWN_ARCHITECTURE` for another `model_type`, a rope scaling that is not known, or quantised
 *   weights; `INVALID_CONFIG` naming the field, its value and what was expected.
 */
export function parseModelConfig(json: unknown, options: ParseModelConfigOptions = {}): ModelConfig {
  checkOptions('parseModelConfig', options, { file: true })
  const { file = 'config.json' } = options
  const fields = fieldReader(json, file)
  const type = fields.raw('model_type')
  if (typeof type !== 'string' || !Object.hasOwn(families, type)) {
    const known = Object.keys(families).join(', ')
    const problem = `model_type: expected one of ${known}, got ${excerpt(type)}`
    throw new LmError('UNKNOWN_ARCHITECTURE', `${file}: ${problem}`)
  }
  if (fields.has('quantization_config')) {
    const problem = `quantization_config: expected none, got ${excerpt(fields.raw('quantization_config'))}`
    throw new LmError(
      'UNKNOWN_ARCHITECTURE',
      `${file}: ${problem}: use the weights before quantisation, or GGUF`,
    )
  }
  return families[type as ModelFamily](fields)
}
