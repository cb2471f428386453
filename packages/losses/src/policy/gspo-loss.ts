import { minimum, sub, type Tensor, where } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { requireNames } from '../loss-error'
import type { TokenLoss } from '../tokens'
import { type ClipMetric, clipMetrics } from './clip-metrics'
import { clippedSurrogate } from './clipped-surrogate'
import { type ClipOptions, clipBounds, type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { logRatiosAt, ratioOf } from './ratio-levels'

/** Options of {@link gspoLoss}; ε is 3e-4 and ε_high 4e-4 by default, as in the paper. */
export interface GspoLossOptions extends ClipOptions {
  /**
   * The form of the ratio. `trl` (and OpenRLHF): the sequence's ratio itself, log-ratios at most 80. `verl`: the token
   * form (GSPO-token), the value of the sequence's ratio, each token with the gradient of its own log π, log-ratios at
   * most 10. Summed over the tokens of a sequence with one advantage, their gradients are the same. Default: `trl`.
   */
  convention?: Convention<'gspoLoss'>
}

/** verl's bound on the log-ratio. */
const LARGEST_LOG_RATIO = 10

const logRatios: Record<Convention<'gspoLoss'>, (x: Tensor, mask: Tensor) => Tensor> = {
  trl: logRatiosAt['sequence-mean'],
  verl: (x, mask) => minimum(logRatiosAt['sequence-token'](x, mask), LARGEST_LOG_RATIO),
}

/**
 * Group sequence policy optimisation, per token, with one ratio per sequence, s = exp(mean over its tokens of log
 * π/π_old): −min(sA, clip(s, 1 − ε, 1 + ε_high)·A). Reduce it with `sequenceMeanTokenMean` under the same convention.
 * `clip_ratio/*` are shares of sequences.
 *
 * Source: 2507.18071, equation 14 (the token form). Proven against OpenRLHF 0.11.2 (`PolicyLoss`), TRL 1.16.0
 * (`GRPOTrainer._compute_loss`), verl 0.9.1 (`compute_policy_loss_gspo`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function gspoLoss(inputs: PolicyInputs, options: GspoLossOptions = {}): TokenLoss<ClipMetric> {
  requireNames('gspoLoss', options, { clipEpsilon: true, clipEpsilonHigh: true, convention: true })
  const convention = conventionOf('gspoLoss', options)
  const { clipEpsilon = 3e-4 } = options
  const { clipEpsilonHigh = options.clipEpsilon ?? 4e-4 } = options
  const bounds = clipBounds('gspoLoss', clipEpsilon, clipEpsilonHigh)
  const tokens = policyTokensOf('gspoLoss', inputs)
  const { advantages, mask } = tokens
  const ratio = ratioOf(logRatios[convention](sub(tokens.logprobs, tokens.oldLogprobs), mask))
  const surrogate = where(mask, clippedSurrogate(ratio, advantages, { bounds }), 0)
  const metrics = clipMetrics({ ratio, advantages, mask, bounds, level: 'sequence' })
  return policyLoss('gspoLoss', tokens, surrogate, metrics)
}
