import { mul, neg, stopGradient, type Tensor } from '@prefkit/tensor'

/** What a loss of the score-function form is of; `[B, T]` each. */
export interface ScoreFunction {
  readonly logprobs: Tensor
  readonly advantages: Tensor
  /** What the gradient of each token counts; held constant. */
  readonly ratio?: Tensor | undefined
  readonly weights: Tensor | undefined
}

/** −sg(ρ)·A·log π, times weights, elementwise. */
export function scoreFunction({ logprobs, advantages, ratio, weights }: ScoreFunction): Tensor {
  const gain = mul(neg(advantages), logprobs)
  const surrogate = ratio === undefined ? gain : mul(stopGradient(ratio), gain)
  return weights === undefined ? surrogate : mul(weights, surrogate)
}
