import { cast, clip, greater, logicalAnd, mul, neg, stopGradient, sub } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireBetween, requireInRange, requireNames } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'

/** Options of {@link cispoLoss}. */
export interface CispoLossOptions {
  /** The smallest weight ≥ 0, a ratio; verl's is 1 − ε. Default: 0, no bound. */
  ratioLow?: number
  /** The largest weight, a ratio; verl's is 1 + ε_high, TRL's its `epsilon_high` itself. Default: 5. */
  ratioHigh?: number
}

/**
 * CISPO, per token: −sg(clip(ρ, low, high))·A·log π, ρ = π/π_old: the ratio is a bounded weight without gradient, so no token
 * loses its gradient to the clip.
 *
 * `cispo_clip_ratio` is the share of tokens with ρ over the bound and A > 0.
 *
 * Source: 2506.13585, section 3.1. Proven against verl 0.9.1 (`compute_policy_loss_cispo`), TRL 1.16.0
 * (`GRPOTrainer._compute_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet, or
 *   where one meets an advantage of 0.
 */
export function cispoLoss(
  inputs: PolicyInputs,
  options: CispoLossOptions = {},
): TokenLoss<'cispo_clip_ratio'> {
  requireNames('cispoLoss', options, { ratioLow: true, ratioHigh: true })
  const { ratioLow = 0, ratioHigh = 5 } = options
  requireBetween('ratioHigh', ratioHigh, 0, Number.POSITIVE_INFINITY)
  requireInRange('ratioLow', ratioLow, 0, ratioHigh)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('cispoLoss', inputs)
  const ratio = ratioOf(sub(logprobs, oldLogprobs))
  const weighted = mul(stopGradient(clip(ratio, ratioLow, ratioHigh)), neg(advantages))
  const surrogate = mul(weighted, logprobs)
  const losses = weights === undefined ? surrogate : mul(weights, surrogate)
  const clipped = logicalAnd(greater(ratio, ratioHigh), greater(advantages, 0))
  return {
    losses: determined('cispoLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: { cispo_clip_ratio: maskedMean(cast(clipped, ratio.dtype), mask) },
  }
}
