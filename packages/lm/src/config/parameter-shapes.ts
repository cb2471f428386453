import type { Gpt2Config, LlamaConfig, ModelConfig } from './model-config'

/** Sizes by name. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>

/** One projection, [out, in] as PyTorch has it, and its bias. */
const linear = (name: string, outputs: number, inputs: number, bias: boolean): ParameterShapes => ({
  [`${name}.weight`]: [outputs, inputs],
  ...(bias ? { [`${name}.bias`]: [outputs] } : {}),
})

function llamaLayer(layer: number, config: LlamaConfig): ParameterShapes {
  const { hiddenSize, intermediateSize, headDim, qkvBias, outputBias, mlpBias } = config
  const [queries, keys] = [config.numAttentionHeads * headDim, config.numKeyValueHeads * headDim]
  const at = `model.layers.${layer}`
  return {
    [`${at}.input_layernorm.weight`]: [hiddenSize],
    ...linear(`${at}.self_attn.q_proj`, queries, hiddenSize, qkvBias),
    ...linear(`${at}.self_attn.k_proj`, keys, hiddenSize, qkvBias),
    ...linear(`${at}.self_attn.v_proj`, keys, hiddenSize, qkvBias),
    ...linear(`${at}.self_attn.o_proj`, hiddenSize, queries, outputBias),
    ...(config.qkNorm
      ? { [`${at}.self_attn.q_norm.weight`]: [headDim], [`${at}.self_attn.k_norm.weight`]: [headDim] }
      : {}),
    [`${at}.post_attention_layernorm.weight`]: [hiddenSize],
    ...linear(`${at}.mlp.gate_proj`, intermediateSize, hiddenSize, mlpBias),
    ...linear(`${at}.mlp.up_proj`, intermediateSize, hiddenSize, mlpBias),
    ...linear(`${at}.mlp.down_proj`, hiddenSize, intermediateSize, mlpBias),
  }
}

const llamaShapes = (config: LlamaConfig): ParameterShapes =>
  Object.assign(
    { 'model.embed_tokens.weight': [config.vocabSize, config.hiddenSize] },
    ...Array.from({ length: config.numHiddenLayers }, (_, layer) => llamaLayer(layer, config)),
    { 'model.norm.weight': [config.hiddenSize] },
  )

/** GPT-2's Conv1D keeps its weight as [in, out]. */
const conv = (name: string, inputs: number, outputs: number): ParameterShapes => ({
  [`${name}.weight`]: [inputs, outputs],
  [`${name}.bias`]: [outputs],
})

const layerNorm = (name: string, size: number): ParameterShapes => ({
  [`${name}.weight`]: [size],
  [`${name}.bias`]: [size],
})

function gpt2Layer(layer: number, { hiddenSize, intermediateSize }: Gpt2Config): ParameterShapes {
  const at = `transformer.h.${layer}`
  return {
    ...layerNorm(`${at}.ln_1`, hiddenSize),
    ...conv(`${at}.attn.c_attn`, hiddenSize, 3 * hiddenSize),
    ...conv(`${at}.attn.c_proj`, hiddenSize, hiddenSize),
    ...layerNorm(`${at}.ln_2`, hiddenSize),
    ...conv(`${at}.mlp.c_fc`, hiddenSize, intermediateSize),
    ...conv(`${at}.mlp.c_proj`, intermediateSize, hiddenSize),
  }
}

const gpt2Shapes = (config: Gpt2Config): ParameterShapes =>
  Object.assign(
    { 'transformer.wte.weight': [config.vocabSize, config.hiddenSize] },
    { 'transformer.wpe.weight': [config.maxPositionEmbeddings, config.hiddenSize] },
    ...Array.from({ length: config.numHiddenLayers }, (_, layer) => gpt2Layer(layer, config)),
    layerNorm('transformer.ln_f', config.hiddenSize),
  )

/**
 * The names and shapes of the parameters that a model of this configuration has, in the order of their use: those of
 * Hugging Face, whatever the format of the checkpoint. A tied output projection is not among them.
 */
export function parameterShapes(config: ModelConfig): ParameterShapes {
  const body = config.family === 'gpt2' ? gpt2Shapes(config) : llamaShapes(config)
  if (config.tieWordEmbeddings) return body
  return { ...body, 'lm_head.weight': [config.vocabSize, config.hiddenSize] }
}

/** Number of trainable values of a model of this configuration. */
export const parameterCount = (config: ModelConfig): number =>
  Object.values(parameterShapes(config)).reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  )
