import {
  cast,
  equal,
  exp,
  logSumExp,
  mul,
  reduceMax,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { floats } from '../batch'
import { determined } from '../determined'
import { LossError, REQUIRED, requireInputs } from '../loss-error'
import { sequenceMean, tokensOf } from '../tokens'

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
 * likely as those that the policy draws, without gradient. The weight of a pair is the product of the weights of its
 * two completions: `weights` of `dpoLoss`. A completion without tokens weighs 1.
 *
 * Source: 2406.11827, equation 2. Proven against TRL 1.16.0 (`DPOTrainer._compute_loss`).
 *
 * @returns `[B]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INDETERMINATE` where both are infinite.
 */
export function wpoWeights(inputs: WpoInputs): Tensor {
  requireInputs('wpoWeights', inputs, { logprobs: REQUIRED, logSumSquaredProbs: REQUIRED, mask: true })
  const { logprobs, logSumSquaredProbs } = inputs
  const { tokens, mask } = tokensOf('wpoWeights', { logprobs, logSumSquaredProbs }, inputs.mask)
  const aligned = sub(tokens.logprobs, tokens.logSumSquaredProbs)
  return stopGradient(determined('wpoWeights', exp(sequenceMean(aligned, mask)), tokens))
}

/**
 * log Σ_v π(v)² of next-token logits z: log Σ e^(2z) − 2 log Σ e^z. `[…, V]` to `[…]`. A single logit of +∞ is a token
 * of probability 1: 0.
 *
 * Source: 2406.11827, equation 2. Proven against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH` for a scalar; `EMPTY` for an empty vocabulary; `INDETERMINATE` where two logits
 *   are +∞ or all are −∞.
 */
export function logSumSquaredProbs(logits: TensorLike): Tensor {
  const { logits: z } = floats('logSumSquaredProbs', { logits })
  if (z.rank === 0) throw new LossError('SHAPE_MISMATCH', 'logSumSquaredProbs: logits must be […, V], got []')
  if (z.shape.at(-1) === 0) {
    throw new LossError('EMPTY', 'logSumSquaredProbs: logits: expected a vocabulary, got no token')
  }
  const shifted = fromLargest(z)
  const value = sub(logSumExp(mul(2, shifted), { axis: -1 }), mul(2, logSumExp(shifted, { axis: -1 })))
  return determined('logSumSquaredProbs', value, { logits: z })
}

/** Logits less their largest, held constant; 0 for one of +∞, unless there are several. */
function fromLargest(z: Tensor): Tensor {
  const infinite = equal(z, Number.POSITIVE_INFINITY)
  const count = reduceSum(cast(infinite, z.dtype), { axis: -1, keepDims: true })
  const difference = sub(z, stopGradient(reduceMax(z, { axis: -1, keepDims: true })))
  return where(infinite, where(equal(count, 1), 0, difference), difference)
}
