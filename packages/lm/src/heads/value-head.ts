import { uniform } from '@prefkit/nn'
import { add, matmul, reshape, splitKey, type Tensor } from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import type { Weights } from '../models/weights'

/** Names of the value head's parameters, as TRL saves them. */
export const valueHeadNames = {
  weight: 'v_head.summary.weight',
  bias: 'v_head.summary.bias',
} as const

/**
 * A value head, drawn as PyTorch draws an `nn.Linear`: weight [1, hidden] and bias [1] within ±1/√hidden.
 * @param key a key of `randomKey`.
 */
export function initValueHead({ hiddenSize }: ModelConfig, key: Tensor): Weights {
  // Two keys, as splitKey makes unless it is told how many.
  const [weight, bias] = splitKey(key) as [Tensor, Tensor]
  const draw = uniform(1 / Math.sqrt(hiddenSize))
  return {
    [valueHeadNames.weight]: draw(weight, [1, hiddenSize]),
    [valueHeadNames.bias]: draw(bias, [1]),
  }
}

/**
 * The value of each state: w·h + b.
 * @param hidden [N, hidden].
 * @returns [N].
 */
export function valuesOf(weights: Weights, hidden: Tensor): Tensor {
  const products = matmul(hidden, weights[valueHeadNames.weight]!, { transposeB: true })
  return reshape(add(products, weights[valueHeadNames.bias]!), [-1])
}
