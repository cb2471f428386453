import {
  add,
  broadcastTo,
  expandDims,
  minimum,
  mul,
  stopGradient,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { determined } from '../determined'
import { requireNames } from '../loss-error'
import { sequenceMean, type TokenLoss } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf, ratioOf } from './policy-inputs'

/** Options of {@link gspoLoss}; ε is 3e-4 and ε_high 4e-4 by default, as in the paper. */
export interface GspoLossOptions extends ClipOptions {
  /**
   * Where trainers differ. `verl`: the token form (GSPO-token): the value of the sequence's ratio, each token with the
   * gradient of its own log π, log-ratios at most 10. `trl` (and OpenRLHF): the ratio itself, no bound. Summed over the tokens
   * of a sequence with one advantage, their gradients are the same. Default: `verl`.
   */
  convention?: Convention<'gspoLoss'>
}

/** verl's bound on the log-ratio. */
const LARGEST_LOG_RATIO = 10

const logRatios: Record<Convention<'gspoLoss'>, (logprobs: Tensor, mean: Tensor) => Tensor> = {
  verl: (logprobs, mean) =>
    minimum(add(sub(logprobs, stopGradient(logprobs)), stopGradient(mean)), LARGEST_LOG_RATIO),
  trl: (_logprobs, mean) => mean,
}

/**
 * Group sequence policy optimisation, per token, with one ratio a sequence, s = exp(mean over its tokens of log π/π_old):
 * −min(sA, clip(s, 1 − ε, 1 + ε_high)·A). To be reduced by `sequenceMeanTokenMean`. `clip_ratio/*` are shares of sequences.
 *
 * Source: 2507.18071, equation 14 (the token form). Proven against verl 0.9.1 (`compute_policy_loss_gspo`), OpenRLHF
 * 0.11.2 (`PolicyLoss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function gspoLoss(inputs: PolicyInputs, options: GspoLossOptions = {}): TokenLoss<ClipMetric> {
  requireNames('gspoLoss', options, { clipEpsilon: true, clipEpsilonHigh: true, convention: true })
  const convention = conventionOf('gspoLoss', options)
  const { clipEpsilon = 3e-4 } = options
  const { clipEpsilonHigh = options.clipEpsilon ?? 4e-4 } = options
  const bounds = clipBounds(clipEpsilon, clipEpsilonHigh)
  const { logprobs, oldLogprobs, advantages, mask, weights } = policyTokensOf('gspoLoss', inputs)
  const perSequence = expandDims(sequenceMean(sub(logprobs, oldLogprobs), mask), 1)
  const ratio = ratioOf(logRatios[convention](logprobs, broadcastTo(perSequence, logprobs.shape)))
  const surrogate = clippedSurrogate(ratio, advantages, { bounds })
  const losses = where(mask, weights === undefined ? surrogate : mul(weights, surrogate), 0)
  return {
    losses: determined('gspoLoss', losses, { logprobs, oldLogprobs, advantages, weights }),
    metrics: clipMetrics({ ratio, advantages, mask, bounds, level: 'sequence' }),
  }
}
