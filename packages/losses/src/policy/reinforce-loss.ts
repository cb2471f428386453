import { clip, sub, type Tensor } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireBetween, requireInRange, requireNames, requireOneOf } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { logRatiosAt } from './importance-ratios'
import { type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'
import { scoreFunction } from './score-function'

/** Options of {@link reinforceLoss}. */
export interface ReinforceLossOptions {
  /**
   * The ratio π/π_old that weighs the tokens, without gradient: `none`; of each `token`; of the `sequence`, the product
   * over its tokens; or `sequence-mean`, their geometric mean. Default: `none`.
   */
  importance?: 'none' | 'token' | 'sequence' | 'sequence-mean'
  /** The smallest ratio ≥ 0. Default: 0, no bound. */
  ratioLow?: number
  /** The largest ratio. Default: none. */
  ratioHigh?: number
}

const importances = ['none', 'token', 'sequence', 'sequence-mean']

/**
 * REINFORCE, per token: −sg(clip(ρ, low, high))·A·log π, with ρ = 1 or an importance ratio π/π_old. On the policy that
 * drew the tokens its gradient is that of PPO. For a policy that drew the tokens in another engine, give
 * `rolloutWeights` as `weights`; verl's bypass mode weighs so, with log π of the policy itself.
 *
 * `actor/ppo_kl` is the mean of log π_old/π over tokens.
 *
 * Source: Williams 1992, "Simple statistical gradient-following algorithms". Proven against verl 0.9.1
 * (`compute_policy_loss_reinforce`, `compute_policy_loss_bypass_mode`, `compute_policy_loss_gpg`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage of 0.
 */
export function reinforceLoss(
  inputs: PolicyInputs,
  options: ReinforceLossOptions = {},
): TokenLoss<'actor/ppo_kl'> {
  requireNames('reinforceLoss', options, { importance: true, ratioLow: true, ratioHigh: true })
  const { importance = 'none', ratioLow = 0, ratioHigh = Number.MAX_VALUE } = options
  requireOneOf('importance', importance, importances)
  requireBetween('ratioHigh', ratioHigh, 0, Number.POSITIVE_INFINITY)
  requireInRange('ratioLow', ratioLow, 0, ratioHigh)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('reinforceLoss', inputs)
  const logRatio = sub(logprobs, oldLogprobs)
  const clipped = (x: Tensor) => clip(ratioOf(x), ratioLow, ratioHigh)
  const ratio = importance === 'none' ? undefined : clipped(logRatiosAt[importance](logRatio, mask))
  const losses = scoreFunction({ logprobs, advantages, ratio, weights })
  return {
    losses: determined('reinforceLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: { 'actor/ppo_kl': maskedMean(sub(oldLogprobs, logprobs), mask) },
  }
}

/**
 * GPG, per token: −A·log π, which is {@link reinforceLoss}. What makes it GPG are its advantages, `gpgAdvantages` of
 * `@prefkit/advantages`.
 *
 * Source: 2504.02546. Proven against verl 0.9.1 (`compute_policy_loss_gpg`).
 */
export const gpgLoss = reinforceLoss
