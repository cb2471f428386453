import { mul, neg, stopGradient, type Tensor } from '@prefkit/tensor'
import type { PolicyTokens } from './policy-inputs'

/** −sg(ρ)·A·log π, elementwise: the ratio weighs the gradient of each token and has none itself. */
export function scoreFunction(
  { logprobs, advantages }: Pick<PolicyTokens, 'logprobs' | 'advantages'>,
  ratio?: Tensor,
): Tensor {
  const gain = mul(neg(advantages), logprobs)
  return ratio === undefined ? gain : mul(stopGradient(ratio), gain)
}
