import { mul, sub, where } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireNames } from '../loss-error'
import type { TokenLoss } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { logRatiosAt } from './importance-ratios'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'

/** Options of {@link rlooLoss}; ε is 0.2 by default. */
export type RlooLossOptions = ClipOptions

/**
 * The loss of RLOO, with one ratio a sequence, ρ = exp(Σ log π/π_old over its tokens): −min(ρA, clip(ρ, 1 − ε, 1 +
 * ε_high)·A). Each token of a sequence has the sequence's loss, as in `gspoLoss`: to be reduced by
 * `sequenceMeanTokenMean` with `convention: 'trl'`, which gives the mean over sequences. Sequences without tokens have
 * loss 0; TRL's is −A, constant.
 *
 * The advantages are `rlooAdvantages` of `@prefkit/advantages`, of rewards that hold the price on KL already
 * (`klPenalizedRewards`). `clip_ratio/*` are shares of sequences.
 *
 * Source: 2402.14740 (RLOO). Proven against TRL 1.16.0 (`RLOOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function rlooLoss(inputs: PolicyInputs, options: RlooLossOptions = {}): TokenLoss<ClipMetric> {
  requireNames('rlooLoss', options, { clipEpsilon: true, clipEpsilonHigh: true })
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon } = options
  const bounds = clipBounds(clipEpsilon, clipEpsilonHigh)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('rlooLoss', inputs)
  const ratio = ratioOf(logRatiosAt.sequence(sub(logprobs, oldLogprobs), mask))
  const surrogate = clippedSurrogate(ratio, advantages, { bounds })
  const losses = where(mask, weights === undefined ? surrogate : mul(weights, surrogate), 0)
  return {
    losses: determined('rlooLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: clipMetrics({ ratio, advantages, mask, bounds, level: 'sequence' }),
  }
}
