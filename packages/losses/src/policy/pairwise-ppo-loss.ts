import type { Tensor, TensorLike } from '@prefkit/tensor'
import { REQUIRED, requireInputs, requireNames } from '../loss-error'
import type { TokenLoss } from '../tokens'
import {
  advantageInputs,
  advantageOptions,
  advantagesOf,
  type PairwisePpoAdvantageInputs,
  type PairwisePpoAdvantageMetric,
  type PairwisePpoAdvantageOptions,
} from './pairwise-ppo-advantages'
import type { ClipOptions } from './policy-inputs'
import { clippedPolicyLoss, type PpoMetric } from './ppo-loss'

/** Inputs of {@link pairwisePpoLoss}. */
export interface PairwisePpoInputs extends PairwisePpoAdvantageInputs {
  /** log π of the tokens, `[B, T]`: what is learnt. */
  logprobs: TensorLike
}

/** Options of {@link pairwisePpoLoss}; ε is 0.2 by default. */
export interface PairwisePpoLossOptions extends ClipOptions, PairwisePpoAdvantageOptions {}

/** What {@link pairwisePpoLoss} returns. */
export interface PairwisePpoLoss extends TokenLoss<PpoMetric | PairwisePpoAdvantageMetric> {
  /** A of the tokens, `[B, T]`, constant. */
  readonly advantages: Tensor
  /** A + V, `[B, T]`, constant: what `valueLoss` learns. */
  readonly returns: Tensor
}

/**
 * Pairwise PPO, per token: the clipped surrogate of PPO, −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)·A), with the advantages of
 * `pairwisePpoAdvantages`; the metrics are those of both. For several epochs over the same responses, call that
 * function once and `ppoLoss` with its advantages in each step.
 *
 * Source: 2504.04950, equation 3 and the pairwise reward r(y | y*); 1506.02438, equation 16. Proven against its
 * equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite inputs meet.
 */
export function pairwisePpoLoss(
  inputs: PairwisePpoInputs,
  options: PairwisePpoLossOptions = {},
): PairwisePpoLoss {
  requireNames('pairwisePpoLoss', options, { clipEpsilon: true, clipEpsilonHigh: true, ...advantageOptions })
  requireInputs('pairwisePpoLoss', inputs, { logprobs: REQUIRED, ...advantageInputs })
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon } = options
  const { advantages, returns, metrics } = advantagesOf('pairwisePpoLoss', inputs, options)
  const { logprobs, oldLogprobs, mask } = inputs
  const tokens = { logprobs, oldLogprobs, advantages, ...(mask === undefined ? {} : { mask }) }
  const surrogate = clippedPolicyLoss('pairwisePpoLoss', tokens, { clipEpsilon, clipEpsilonHigh })
  return {
    losses: surrogate.losses,
    advantages,
    returns,
    metrics: { ...surrogate.metrics, ...metrics },
  }
}
