import { abs, add, mul, neg, sub, where } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireBetween, requireInRange, requireNames } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'
import { countOf, largestTokens, tokenCovariance } from './token-covariance'

/** Options of {@link klCovLoss}. */
export interface KlCovLossOptions {
  /** k in (0, 1]: the share of the batch's tokens that pay, one at least. Default: 2e-4. */
  share?: number
  /** β ≥ 0: what |log ρ| costs them. Default: 1, as in verl's function; verl's own configuration makes it 0.1. */
  klWeight?: number
}

/**
 * KL-Cov, per token, ρ = π/π_old: −ρA, and −ρA + β·|log ρ| for the max(1, ⌊k·tokens⌋) tokens of the batch whose covariance
 * (A − Ā)(log π − mean of log π) is the largest: they may move less, so that the entropy falls less.
 *
 * `actor/ppo_kl` is the mean of |log ρ| over tokens.
 *
 * Source: 2505.22617. Proven against verl 0.9.1 (`compute_policy_loss_kl_cov`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function klCovLoss(inputs: PolicyInputs, options: KlCovLossOptions = {}): TokenLoss<'actor/ppo_kl'> {
  requireNames('klCovLoss', options, { share: true, klWeight: true })
  const { share = 2e-4, klWeight = 1 } = options
  requireBetween('share', share, 0, 1 + Number.EPSILON)
  requireInRange('klWeight', klWeight, 0, Number.POSITIVE_INFINITY)
  const tokens = policyTokensOf('klCovLoss', inputs)
  const { logprobs, oldLogprobs, advantages, mask, weights } = tokens
  const logRatio = sub(logprobs, oldLogprobs)
  const free = mul(neg(advantages), ratioOf(logRatio))
  const paying = largestTokens(tokenCovariance(tokens), mask, countOf(share, mask, logprobs))
  const surrogate = where(paying, add(free, mul(klWeight, abs(logRatio))), free)
  const losses = weights === undefined ? surrogate : mul(weights, surrogate)
  return {
    losses: determined('klCovLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: { 'actor/ppo_kl': maskedMean(abs(logRatio), mask) },
  }
}
