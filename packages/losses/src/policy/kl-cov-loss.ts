import { abs, add, mul, neg, sub, where } from '@prefkit/tensor'
import { requireNames, requireNonNegative, requireWithin } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { ratioOf } from './ratio-levels'
import { countOf, largestTokens, tokenCovariance, whereOrdered } from './token-covariance'

/** Options of {@link klCovLoss}. */
export interface KlCovLossOptions {
  /** k in (0, 1]: the share of the batch's tokens that are penalised, at least one token. Default: 2e-4. */
  share?: number
  /**
   * β ≥ 0: weight of their |log ρ|. Default: 1, the default of verl's function, to which verl's trainer passes its
   * `ppo_kl_coef`, 0.1 by default.
   */
  klWeight?: number
}

/**
 * KL-Cov, per token, ρ = π/π_old: −ρA, and −ρA + β·|log ρ| for the max(1, ⌊k·tokens⌋) tokens of the batch whose
 * covariance (A − Ā)(log π − mean of log π) is the largest: the penalty slows the fall of the entropy.
 *
 * `actor/ppo_kl` is the mean of |log ρ| over tokens.
 *
 * Source: 2505.22617. Proven against verl 0.9.1 (`compute_policy_loss_kl_cov`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where a log π or an advantage is
 *   infinite, since covariances then have no order, or infinite log-probabilities meet. Inside `jit` the losses are NaN.
 */
export function klCovLoss(inputs: PolicyInputs, options: KlCovLossOptions = {}): TokenLoss<'actor/ppo_kl'> {
  requireNames('klCovLoss', options, { share: true, klWeight: true })
  const { share = 2e-4, klWeight = 1 } = options
  requireWithin('klCovLoss', 'share', share, { above: 0, to: 1 })
  requireNonNegative('klCovLoss', 'klWeight', klWeight)
  const tokens = policyTokensOf('klCovLoss', inputs)
  const { logprobs, mask } = tokens
  const logRatio = sub(logprobs, tokens.oldLogprobs)
  const free = mul(neg(tokens.advantages), ratioOf(logRatio))
  const covariance = tokenCovariance(tokens)
  const penalised = largestTokens(covariance, mask, countOf(share, mask, logprobs))
  const surrogate = where(penalised, add(free, mul(klWeight, abs(logRatio))), free)
  return policyLoss('klCovLoss', tokens, whereOrdered(surrogate, covariance, mask), {
    'actor/ppo_kl': maskedMean(abs(logRatio), mask),
  })
}
