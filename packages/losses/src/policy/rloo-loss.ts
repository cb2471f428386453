import { sub, where } from '@prefkit/tensor'
import { requireNames } from '../loss-error'
import type { TokenLoss } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { logRatiosAt, ratioOf } from './ratio-levels'

/** Options of {@link rlooLoss}; ε is 0.2 by default. */
export type RlooLossOptions = ClipOptions

/**
 * The loss of RLOO, with one ratio per sequence, ρ = exp(Σ log π/π_old over its tokens): −min(ρA, clip(ρ, 1 − ε, 1 +
 * ε_high)·A). Each token of a sequence has the sequence's loss, as in `gspoLoss`: reduce it with
 * `sequenceMeanTokenMean` with `convention: 'trl'`, which gives the mean over sequences. Sequences without tokens have
 * loss 0; TRL's is −A, constant.
 *
 * The advantages are `rlooAdvantages` of `@prefkit/advantages`, of rewards that include the KL penalty already
 * (`klPenalizedRewards`). `clip_ratio/*` are shares of sequences.
 *
 * Source: 2402.14740 (RLOO). Proven against TRL 1.16.0 (`RLOOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function rlooLoss(inputs: PolicyInputs, options: RlooLossOptions = {}): TokenLoss<ClipMetric> {
  requireNames('rlooLoss', options, { clipEpsilon: true, clipEpsilonHigh: true })
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon } = options
  const bounds = clipBounds('rlooLoss', clipEpsilon, clipEpsilonHigh)
  const tokens = policyTokensOf('rlooLoss', inputs)
  const { advantages, mask } = tokens
  const ratio = ratioOf(logRatiosAt.sequence(sub(tokens.logprobs, tokens.oldLogprobs), mask))
  const surrogate = where(mask, clippedSurrogate(ratio, advantages, { bounds }), 0)
  const metrics = clipMetrics({ ratio, advantages, mask, bounds, level: 'sequence' })
  return policyLoss('rlooLoss', tokens, surrogate, metrics)
}
