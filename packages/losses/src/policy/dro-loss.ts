import { add, mul, neg, sub } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireBetween, requireNames } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'

/** Options of {@link droLoss}. */
export interface DroLossOptions {
  /** β > 0, the paper's τ: what a squared log-ratio costs. It has no default, in verl neither. */
  beta: number
}

/**
 * Direct reward optimisation, per token, ρ = π/π_old: −A·log π + ½β(log ρ)², a policy gradient that a quadratic holds to π_old;
 * with A = R − V, V a value model, its gradient is that of DRO-V.
 *
 * `actor/ppo_kl` is the mean of −log ρ over tokens.
 *
 * Source: 2405.19107. Proven against verl 0.9.1 (`compute_policy_loss_dro`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INVALID_OPTION`, without β too; `INDETERMINATE` where infinite log-probabilities
 *   meet, or where one meets an advantage of 0 or the square.
 */
export function droLoss(inputs: PolicyInputs, options: DroLossOptions): TokenLoss<'actor/ppo_kl'> {
  requireNames('droLoss', options, { beta: true })
  requireBetween('beta', options.beta, 0, Number.POSITIVE_INFINITY)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('droLoss', inputs)
  const logRatio = sub(logprobs, oldLogprobs)
  const penalty = mul(0.5 * options.beta, mul(logRatio, logRatio))
  const surrogate = add(mul(neg(advantages), logprobs), penalty)
  const losses = weights === undefined ? surrogate : mul(weights, surrogate)
  return {
    losses: determined('droLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: { 'actor/ppo_kl': maskedMean(neg(logRatio), mask) },
  }
}
