import { clip, neg, sub, type Tensor } from '@prefkit/tensor'
import { requireChoice, requireNames, requirePositive, requireWithin } from '../loss-error'
import { requireEffects } from '../option-effects'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { logRatiosAt, type RatioLevel, ratioOf } from './ratio-levels'
import { scoreFunction } from './score-function'

/** Options of {@link reinforceLoss}. */
export interface ReinforceLossOptions {
  /**
   * The ratio π/π_old that weighs the tokens, without gradient: `none`; of each `token`; of the `sequence`, the product
   * over its tokens; or `sequence-mean`, their geometric mean. Default: `none`.
   */
  importance?: 'none' | Exclude<RatioLevel, 'sequence-token'>
  /** The smallest ratio ≥ 0, for a ratio other than `none`. Default: 0, no bound. */
  ratioLow?: number
  /** The largest ratio, for a ratio other than `none`. Default: no bound. */
  ratioHigh?: number
}

const importances = ['none', 'token', 'sequence', 'sequence-mean']

/**
 * REINFORCE, per token: −sg(clip(ρ, low, high))·A·log π, with ρ = 1 or an importance ratio π/π_old. On-policy its
 * gradient is that of PPO. For tokens that another engine sampled, pass `rolloutWeights` as `weights`; verl's bypass
 * mode does so, with log π of the policy itself.
 *
 * `actor/ppo_kl` is the mean of log π_old/π over tokens.
 *
 * Source: Williams 1992, "Simple statistical gradient-following algorithms". Proven against verl 0.9.1
 * (`compute_policy_loss_reinforce`, `compute_policy_loss_bypass_mode`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet,
 *   or where one meets an advantage of 0.
 */
export function reinforceLoss(
  inputs: PolicyInputs,
  options: ReinforceLossOptions = {},
): TokenLoss<'actor/ppo_kl'> {
  const { importance, ratioLow, ratioHigh } = settingsOf(options)
  const tokens = policyTokensOf('reinforceLoss', inputs)
  const logRatio = sub(tokens.logprobs, tokens.oldLogprobs)
  const clipped = (x: Tensor) => clip(ratioOf(x), ratioLow, ratioHigh)
  const ratio = importance === 'none' ? undefined : clipped(logRatiosAt[importance](logRatio, tokens.mask))
  return policyLoss('reinforceLoss', tokens, scoreFunction(tokens, ratio), {
    'actor/ppo_kl': maskedMean(neg(logRatio), tokens.mask),
  })
}

function settingsOf(options: ReinforceLossOptions) {
  requireNames('reinforceLoss', options, { importance: true, ratioLow: true, ratioHigh: true })
  const { importance = 'none', ratioLow = 0, ratioHigh = Number.MAX_VALUE } = options
  requireChoice('reinforceLoss', 'importance', importance, importances)
  const bound = { preset: undefined, counts: importance !== 'none', only: "an importance other than 'none'" }
  requireEffects('reinforceLoss', options, { ratioLow: bound, ratioHigh: bound })
  requirePositive('reinforceLoss', 'ratioHigh', ratioHigh)
  requireWithin('reinforceLoss', 'ratioLow', ratioLow, { from: 0, below: ratioHigh })
  return { importance, ratioLow, ratioHigh }
}
