import { add, mean, mul, neg, relu, sub } from '@prefkit/tensor'
import { settled } from '../determined'
import { requireInputs, requireNames, requireNonNegative } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { type PreferenceLogprobs, preferenceNames, preferencesOf, summed, tokensOfPair } from './completions'
import { type PreferenceMetric, preferenceMetrics } from './preference-metrics'

/** Options of {@link slicLoss}. */
export interface SlicLossOptions {
  /** δ ≥ 0: by how much the chosen completion has to be likelier, in nats. Default: 1. */
  margin?: number
  /** λ ≥ 0: weight of −log π of the chosen completion, the paper's cross-entropy on the target. Default: 0.1. */
  nllWeight?: number
}

/**
 * SLiC-HF, per pair, without a reference policy: max(0, δ − log π_c + log π_r) − λ·log π_c, of sums over tokens. The
 * target of the cross-entropy is the chosen completion. `rewards/*` are log π; `nll_loss` is the mean of −log π_c.
 *
 * The defaults are those of HALOs.
 *
 * Source: 2305.10425, section 2. Proven against its equation and HALOs 4831988 (`SLiCTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function slicLoss(
  inputs: PreferenceLogprobs,
  options: SlicLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss'> {
  requireNames('slicLoss', options, { margin: true, nllWeight: true })
  const { margin = 1, nllWeight = 0.1 } = options
  requireNonNegative('slicLoss', 'margin', margin)
  requireNonNegative('slicLoss', 'nllWeight', nllWeight)
  requireInputs('slicLoss', inputs, preferenceNames)
  const sides = preferencesOf('slicLoss', inputs)
  const logprobs = [summed(sides[0]), summed(sides[1])] as const
  const contrast = relu(sub(margin, sub(...logprobs)))
  const losses = nllWeight === 0 ? contrast : add(contrast, mul(-nllWeight, logprobs[0]))
  const metrics = { ...preferenceMetrics(logprobs, logprobs), nll_loss: mean(neg(logprobs[0])) }
  return settled('slicLoss', { losses, metrics }, tokensOfPair(sides))
}
