import { add, matmul, mul, type Tensor } from '@prefkit/tensor'
import type { Parameters } from '../models/weights'

/** How a family stores the weight of a linear map. */
export type LinearLayout = 'out-in' | 'in-out'

/**
 * The linear map `module` of x [N, in]: its weight, its bias where it has one, and its low-rank change where there is
 * one. Llama's weights are [out, in], GPT-2's [in, out].
 */
export function linear(
  { weights, lowRank }: Parameters,
  module: string,
  x: Tensor,
  layout: LinearLayout = 'out-in',
): Tensor {
  const product = matmul(x, weights[`${module}.weight`]!, { transposeB: layout === 'out-in' })
  const bias = weights[`${module}.bias`]
  const plain = bias ? add(product, bias) : product
  const down = lowRank?.weights[`${module}.lora_A.weight`]
  if (!lowRank || !down) return plain
  const input = lowRank.dropout ? lowRank.dropout(x, module) : x
  const narrow = mul(matmul(input, down, { transposeB: true }), lowRank.scale)
  return add(plain, matmul(narrow, lowRank.weights[`${module}.lora_B.weight`]!, { transposeB: true }))
}
