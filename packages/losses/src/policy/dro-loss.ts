import { add, mul, neg, sub } from '@prefkit/tensor'
import { requireNames, requirePositive } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { scoreFunction } from './score-function'

/** Options of {@link droLoss}. */
export interface DroLossOptions {
  /** β > 0, the paper's τ: weight of the squared log-ratio. There is no default, as in verl. */
  klWeight: number
}

/**
 * Direct reward optimisation, per token, ρ = π/π_old: −A·log π + ½β(log ρ)², a policy gradient with a quadratic penalty
 * on the log-ratio. With A = R − V, V a value model, its gradient is that of DRO-V.
 *
 * `actor/ppo_kl` is the mean of −log ρ over tokens.
 *
 * Source: 2405.19107. Proven against verl 0.9.1 (`compute_policy_loss_dro`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INVALID_OPTION`, without β too; `INDETERMINATE` where infinite
 *   log-probabilities meet, or where one meets an advantage of 0 or the penalty.
 */
export function droLoss(inputs: PolicyInputs, options: DroLossOptions): TokenLoss<'actor/ppo_kl'> {
  requireNames('droLoss', options, { klWeight: true })
  requirePositive('droLoss', 'klWeight', options.klWeight)
  const tokens = policyTokensOf('droLoss', inputs)
  const logRatio = sub(tokens.logprobs, tokens.oldLogprobs)
  const penalty = mul(0.5 * options.klWeight, mul(logRatio, logRatio))
  return policyLoss('droLoss', tokens, add(scoreFunction(tokens), penalty), {
    'actor/ppo_kl': maskedMean(neg(logRatio), tokens.mask),
  })
}
