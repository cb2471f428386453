import { add, gelu, reshape, split, type Tensor, take } from '@prefkit/tensor'
import { asKeyValues, attention, splitHeads } from '../blocks/attention'
import { attentionMask } from '../blocks/attention-mask'
import { linear } from '../blocks/linear'
import { layerNorm } from '../blocks/norms'
import type { Gpt2Config } from '../config/model-config'
import type { Forward, KeyValues, PastTokens, TokenBatch } from './batch'
import type { Parameters } from './weights'

/** GPT-2 (Radford et al. 2019): learned positions, LayerNorm before each block, queries, keys and values by one map. */
export function gpt2Forward(
  config: Gpt2Config,
  parameters: Parameters,
  batch: TokenBatch,
  past?: PastTokens,
): Forward {
  const { numAttentionHeads: heads, layerNormEps: epsilon } = config
  const { weights } = parameters
  const width = config.hiddenSize / heads
  const mask = attentionMask(batch, past)
  const map = (module: string, x: Tensor) => linear(parameters, module, x, 'in-out')
  const keyValues: KeyValues[] = []
  // All tokens of the batch in one matrix: only attention tells rows apart.
  let x = add(
    take(weights['transformer.wte.weight']!, reshape(batch.ids, [-1])),
    take(weights['transformer.wpe.weight']!, reshape(batch.positions, [-1])),
  )
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const at = `transformer.h.${layer}`
    const normed = layerNorm(weights, `${at}.ln_1`, x, epsilon)
    const [queries, keys, values] = split(map(`${at}.attn.c_attn`, normed), 3, -1).map((part) =>
      splitHeads(part, batch, heads, width),
    ) as [Tensor, Tensor, Tensor] // split gives as many parts as it is asked for
    const own = { keys: asKeyValues(keys), values: asKeyValues(values) }
    const mixed = attention(queries, own, past?.layers[layer], mask)
    x = add(x, map(`${at}.attn.c_proj`, mixed))
    const wide = gelu(map(`${at}.mlp.c_fc`, layerNorm(weights, `${at}.ln_2`, x, epsilon)), {
      approximate: 'tanh',
    })
    x = add(x, map(`${at}.mlp.c_proj`, wide))
    keyValues.push(own)
  }
  const hidden = layerNorm(weights, 'transformer.ln_f', x, epsilon)
  return { hidden: reshape(hidden, [...batch.ids.shape, config.hiddenSize]), keyValues }
}
