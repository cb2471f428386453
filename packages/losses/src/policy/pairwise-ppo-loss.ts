import {
  add,
  expandDims,
  mean,
  mul,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { LossError, requireInRange, requireNames } from '../loss-error'
import { maskedMean, type TokenLoss, tokensOf } from '../tokens'
import { type AnchorOptions, anchorWinProbability } from './anchor-win-probability'
import { generalizedAdvantages, lastToken } from './generalized-advantages'
import type { ClipOptions } from './policy-inputs'
import { type PpoMetric, ppoLoss } from './ppo-loss'

/** Inputs of {@link pairwisePpoLoss}. */
export interface PairwisePpoInputs {
  /** log π of the tokens, `[B, T]`: what is learnt. */
  logprobs: TensorLike
  /** log π_old of the tokens, `[B, T]`: of the policy that drew them. */
  oldLogprobs: TensorLike
  /** log π_ref of the tokens, `[B, T]`. */
  refLogprobs: TensorLike
  /** V of the tokens when they were drawn, `[B, T]`: of (q, y*, y_<t), or of (q, y_<t) without the ground truth. */
  oldValues: TensorLike
  /** `[B]`, or `[B, K]` for K anchors: the judge's logit of yes to "is y better than y*?"; see `yesLogit`. */
  policyFirstLogits: TensorLike
  /** The same of "is y* better than y?". */
  anchorFirstLogits: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link pairwisePpoLoss}; ε is 0.2 by default. */
export interface PairwisePpoLossOptions extends ClipOptions, AnchorOptions {
  /** β ≥ 0: what a nat of log π_old/π_ref costs a token. Default: 0.001, as in the paper. */
  klWeight?: number
  /** γ in [0, 1]: discount of rewards. Default: 1. */
  gamma?: number
  /** λ in [0, 1] of GAE. Default: 0.95. */
  lambda?: number
}

/** What {@link pairwisePpoLoss} returns. */
export interface PairwisePpoLoss extends TokenLoss<PpoMetric | 'objective/kl' | 'rewards/win_probability'> {
  /** A of the tokens, `[B, T]`, constant. */
  readonly advantages: Tensor
  /** A + V, `[B, T]`, constant: what `valueLoss` learns. */
  readonly returns: Tensor
}

/**
 * Pairwise PPO, per token: the clipped surrogate of PPO on what a pairwise judge says of the response against its anchors.
 * r_t = −β·log π_old/π_ref, plus on the last token r(y | y*) of `anchorWinProbability`; A by GAE of r and V, not whitened;
 * ℓ = −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)·A).
 *
 * `rewards/win_probability` is the mean reward of the responses, `objective/kl` the mean of log π_old/π_ref over tokens; the
 * others are those of `ppoLoss`.
 *
 * Source: 2504.04950, equation 3 and the pairwise reward r(y | y*); 1506.02438, equation 16. Proven against its
 * equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function pairwisePpoLoss(
  inputs: PairwisePpoInputs,
  options: PairwisePpoLossOptions = {},
): PairwisePpoLoss {
  const clipNames = { clipEpsilon: true, clipEpsilonHigh: true }
  requireNames('pairwisePpoLoss', options, {
    ...clipNames,
    anchors: true,
    klWeight: true,
    gamma: true,
    lambda: true,
  })
  const { anchors = 'mean', klWeight = 0.001, gamma = 1, lambda = 0.95, ...clip } = options
  requireInRange('klWeight', klWeight, 0, Number.POSITIVE_INFINITY)
  requireInRange('gamma', gamma, 0, 1 + Number.EPSILON)
  requireInRange('lambda', lambda, 0, 1 + Number.EPSILON)
  const { logprobs, oldLogprobs, refLogprobs, oldValues } = inputs
  const given = { logprobs, oldLogprobs, refLogprobs, oldValues }
  const { tokens, mask } = tokensOf('pairwisePpoLoss', given, inputs.mask)
  const wins = anchorWinProbability(inputs.policyFirstLogits, inputs.anchorFirstLogits, { anchors })
  if (wins.shape[0] !== mask.shape[0]) {
    throw new LossError(
      'SHAPE_MISMATCH',
      `pairwisePpoLoss: policyFirstLogits must be [B] or [B, K] with B = ${mask.shape[0]}, got B = ${wins.shape[0]}`,
    )
  }
  const logRatio = sub(tokens.oldLogprobs, tokens.refLogprobs)
  const rewards = add(mul(-klWeight, logRatio), where(lastToken(mask), expandDims(wins, 1), 0))
  const values = tokens.oldValues
  const advantages = stopGradient(generalizedAdvantages({ rewards, values, mask }, { gamma, lambda }))
  const { losses, metrics } = ppoLoss({ ...tokens, advantages, mask }, clip)
  return {
    losses,
    advantages,
    returns: stopGradient(add(advantages, values)),
    metrics: {
      ...metrics,
      'objective/kl': maskedMean(logRatio, mask),
      'rewards/win_probability': mean(wins),
    },
  }
}
