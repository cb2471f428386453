import type { Gpt2Config, LlamaConfig, ModelConfig } from './model-config'
import { ropeToJson } from './rope-config'

const classNames: Readonly<Record<ModelConfig['family'], string>> = {
  llama: 'LlamaForCausalLM',
  mistral: 'MistralForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  gpt2: 'GPT2LMHeadModel',
}

const gpt2Fields = (config: Gpt2Config) => ({
  n_embd: config.hiddenSize,
  n_inner: config.intermediateSize,
  n_layer: config.numHiddenLayers,
  n_head: config.numAttentionHeads,
  n_positions: config.maxPositionEmbeddings,
  activation_function: config.hiddenAct,
  layer_norm_epsilon: config.layerNormEps,
})

/** The window in the words of each family. */
const windowFields: Readonly<Record<LlamaConfig['family'], (config: LlamaConfig) => object>> = {
  llama: () => ({}),
  mistral: ({ slidingWindow }) => ({ sliding_window: slidingWindow ?? null }),
  qwen2: qwenWindow,
  qwen3: qwenWindow,
}

function qwenWindow({ slidingWindow, slidingLayers, numHiddenLayers }: LlamaConfig): object {
  if (slidingWindow === undefined) return { use_sliding_window: false, sliding_window: null }
  const kinds = slidingLayers.map((slides) => (slides ? 'sliding_attention' : 'full_attention'))
  // The first layer that slides, from which all do unless `layer_types` says another thing.
  const first = slidingLayers.indexOf(true)
  return {
    use_sliding_window: true,
    sliding_window: slidingWindow,
    max_window_layers: first < 0 ? numHiddenLayers : first,
    layer_types: kinds,
  }
}

const llamaFields = (config: LlamaConfig) => ({
  hidden_size: config.hiddenSize,
  intermediate_size: config.intermediateSize,
  num_hidden_layers: config.numHiddenLayers,
  num_attention_heads: config.numAttentionHeads,
  num_key_value_heads: config.numKeyValueHeads,
  head_dim: config.headDim,
  hidden_act: config.hiddenAct,
  max_position_embeddings: config.maxPositionEmbeddings,
  rms_norm_eps: config.rmsNormEps,
  ...ropeToJson(config.rope),
  // Qwen 2 has biases on queries, keys and values by its kind, and no field for them.
  ...(config.family === 'qwen2' ? {} : { attention_bias: config.outputBias, mlp_bias: config.mlpBias }),
  ...windowFields[config.family](config),
})

/**
 * The object of a config.json: what `parseModelConfig` reads back as `config`, and transformers loads.
 */
export function modelConfigToJson(config: ModelConfig): Record<string, unknown> {
  const { eosTokenIds, bosTokenId, padTokenId } = config
  return {
    architectures: [classNames[config.family]],
    model_type: config.family,
    vocab_size: config.vocabSize,
    ...(config.family === 'gpt2' ? gpt2Fields(config) : llamaFields(config)),
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: bosTokenId ?? null,
    eos_token_id: eosTokenIds.length > 1 ? [...eosTokenIds] : (eosTokenIds[0] ?? null),
    pad_token_id: padTokenId ?? null,
    torch_dtype: 'float32',
  }
}
