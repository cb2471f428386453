import { add, mul, reshape, silu, type Tensor, take } from '@prefkit/tensor'
import { asKeyValues, attention, splitHeads } from '../blocks/attention'
import { attentionMask } from '../blocks/attention-mask'
import { linear } from '../blocks/linear'
import { rmsNorm } from '../blocks/norms'
import { type Rotation, rotate, rotation } from '../blocks/rotary'
import type { LlamaConfig } from '../config/model-config'
import type { Forward, KeyValues, PastTokens, TokenBatch } from './batch'
import type { Parameters } from './weights'

/** Attention of one layer; `x` [B · T, hidden] is normalised. */
function selfAttention(
  config: LlamaConfig,
  parameters: Parameters,
  module: string,
  x: Tensor,
  at: {
    readonly batch: TokenBatch
    readonly rotation: Rotation
    readonly mask: Tensor
    readonly past: KeyValues | undefined
  },
): { readonly output: Tensor; readonly own: KeyValues } {
  const project = (name: string) =>
    splitHeads(linear(parameters, `${module}.${name}`, x), at.batch, config.numKeyValueHeads, config.headDim)
  // Qwen 3 normalises each head of the queries and keys before it is turned.
  const turned = (name: string) => {
    const heads = project(`${name}_proj`)
    const { weights } = parameters
    const even = config.qkNorm ? rmsNorm(weights, `${module}.${name}_norm`, heads, config.rmsNormEps) : heads
    return rotate(even, at.rotation)
  }
  const own = { keys: asKeyValues(turned('k')), values: asKeyValues(project('v_proj')) }
  const mixed = attention(turned('q'), own, at.past, at.mask)
  return { output: linear(parameters, `${module}.o_proj`, mixed), own }
}

/** The gated MLP of one layer (SwiGLU, 2002.05202). */
function gatedMlp(parameters: Parameters, module: string, x: Tensor): Tensor {
  const gate = silu(linear(parameters, `${module}.gate_proj`, x))
  return linear(parameters, `${module}.down_proj`, mul(gate, linear(parameters, `${module}.up_proj`, x)))
}

/**
 * Llama, and what is built like it: Mistral (a sliding window), Qwen 2 (biases on queries, keys and values) and Qwen 3
 * (normalised queries and keys).
 */
export function llamaForward(
  config: LlamaConfig,
  parameters: Parameters,
  batch: TokenBatch,
  past?: PastTokens,
): Forward {
  const { rmsNormEps: epsilon, slidingLayers, slidingWindow } = config
  const { weights } = parameters
  const turned = rotation(config, batch.positions)
  const full = attentionMask(batch, past)
  const sliding = slidingLayers.includes(true) ? attentionMask(batch, past, slidingWindow) : full
  const keyValues: KeyValues[] = []
  // All tokens of the batch in one matrix: only attention tells rows apart.
  let x = take(weights['model.embed_tokens.weight']!, reshape(batch.ids, [-1]))
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const at = `model.layers.${layer}`
    const { output, own } = selfAttention(
      config,
      parameters,
      `${at}.self_attn`,
      rmsNorm(weights, `${at}.input_layernorm`, x, epsilon),
      { batch, rotation: turned, mask: slidingLayers[layer] ? sliding : full, past: past?.layers[layer] },
    )
    x = add(x, output)
    const normed = rmsNorm(weights, `${at}.post_attention_layernorm`, x, epsilon)
    x = add(x, gatedMlp(parameters, `${at}.mlp`, normed))
    keyValues.push(own)
  }
  const hidden = rmsNorm(weights, 'model.norm', x, epsilon)
  return { hidden: reshape(hidden, [...batch.ids.shape, config.hiddenSize]), keyValues }
}
