import {
  cast,
  div,
  exp,
  logSumExp,
  maximum,
  mul,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, floats, maskOf } from '../batch'
import { determined } from '../determined'

/** Inputs of {@link wpoWeights}. */
export interface WpoInputs {
  /** log π of the tokens of a completion, `[B, T]`. */
  logprobs: TensorLike
  /** log Σ_v π(v)² of each step, `[B, T]`; see `logSumSquaredProbs`. */
  logSumSquaredProbs: TensorLike
  /** `[B, T]`, 1 for the tokens of the completion. Default: all of them. */
  mask?: TensorLike
}

/**
 * WPO's weight of a completion: w = exp(mean over its tokens of log π(y_t) − log Σ_v π(v)²), 1 where the tokens are as
 * likely as the policy's own, without gradient. The weight of a pair is the product of its two, `weights` in `dpoLoss`.
 * A completion without tokens weighs 1.
 *
 * Source: 2406.11827, equation 2. Proven against TRL 1.16.0 (`DPOTrainer._compute_loss`).
 *
 * @returns `[B]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INDETERMINATE` where both are infinite.
 */
export function wpoWeights(inputs: WpoInputs): Tensor {
  const { logprobs, logSumSquaredProbs: squared } = batchOf(
    'wpoWeights',
    { logprobs: inputs.logprobs, logSumSquaredProbs: inputs.logSumSquaredProbs },
    ['B', 'T'],
  )
  const mask = maskOf('wpoWeights', 'mask', inputs.mask, logprobs)
  const aligned = where(mask, sub(logprobs, squared), 0)
  const tokens = maximum(reduceSum(cast(mask, logprobs.dtype), { axis: 1 }), 1)
  const weights = exp(div(reduceSum(aligned, { axis: 1 }), tokens))
  return stopGradient(determined('wpoWeights', weights, { logprobs, logSumSquaredProbs: squared }))
}

/**
 * log Σ_v π(v)² of next-token logits z: log Σ e^(2z) − 2 log Σ e^z. `[…, V]` to `[…]`.
 *
 * Source: 2406.11827, equation 2. Proven against its equation.
 */
export function logSumSquaredProbs(logits: TensorLike): Tensor {
  const { logits: z } = floats({ logits })
  return sub(logSumExp(mul(2, z), { axis: -1 }), mul(2, logSumExp(z, { axis: -1 })))
}
