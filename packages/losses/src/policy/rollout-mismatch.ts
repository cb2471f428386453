import { abs, exp, expm1, minimum, mul, neg, sub, type Tensor } from '@prefkit/tensor'
import { settled } from '../determined'
import { maskedMean } from '../tokens'
import { logRatiosAt, within20 } from './ratio-levels'
import { type RolloutInputs, rolloutTokensOf } from './rollout-inputs'
import { maskedMax, maskedMin, unitMean } from './rollout-units'

/** What {@link rolloutMismatch} reports. */
export type RolloutMismatchMetric =
  | 'rollout_corr/kl'
  | 'rollout_corr/k3_kl'
  | 'rollout_corr/training_ppl'
  | 'rollout_corr/training_log_ppl'
  | 'rollout_corr/rollout_ppl'
  | 'rollout_corr/rollout_log_ppl'
  | 'rollout_corr/log_ppl_diff'
  | 'rollout_corr/log_ppl_abs_diff'
  | 'rollout_corr/log_ppl_diff_max'
  | 'rollout_corr/log_ppl_diff_min'
  | 'rollout_corr/ppl_ratio'
  | 'rollout_corr/chi2_token'
  | 'rollout_corr/chi2_seq'

/**
 * How far the trainer's policy π is from the engine μ that sampled the tokens, x = log π/μ. `kl`: the mean of −x over
 * tokens; `k3_kl`: of e^x − 1 − x; `*_ppl`: e^(−mean of log-probabilities) of each sequence, the mean over sequences,
 * and its logarithm before that mean; `log_ppl_*`: of −(mean of x) over sequences; `chi2_*`: the mean of ρ² − 1, of
 * tokens' ratios and of sequences' products, log-ratios within ±20. Sequences without tokens do not count; verl
 * counts them with a perplexity of 1.
 *
 * Source: "When speed kills stability: demystifying RL collapse from the training-inference mismatch", 2025. Proven
 * against verl 0.9.1 (`compute_offpolicy_metrics`).
 *
 * @returns Scalars, constant; 0 without tokens.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function rolloutMismatch(inputs: RolloutInputs): Readonly<Record<RolloutMismatchMetric, Tensor>> {
  const { logprobs, rolloutLogprobs, mask, logRatio: x } = rolloutTokensOf('rolloutMismatch', inputs)
  const overSequences = (values: Tensor) => unitMean(values, { level: 'sequence', mask })
  const averages = (values: Tensor) => logRatiosAt['sequence-mean'](values, mask)
  const [trained, sampled] = [neg(averages(logprobs)), neg(averages(rolloutLogprobs))]
  const apart = neg(averages(x))
  // e^80 is the largest power that single precision holds with room: beyond, the estimate counts as there.
  const bounded = minimum(x, 80)
  const excess = (logRatio: Tensor) => expm1(mul(2, within20(logRatio)))
  const metrics = {
    'rollout_corr/kl': maskedMean(neg(x), mask),
    'rollout_corr/k3_kl': maskedMean(sub(expm1(bounded), bounded), mask),
    'rollout_corr/training_ppl': overSequences(exp(trained)),
    'rollout_corr/training_log_ppl': overSequences(trained),
    'rollout_corr/rollout_ppl': overSequences(exp(sampled)),
    'rollout_corr/rollout_log_ppl': overSequences(sampled),
    'rollout_corr/log_ppl_diff': overSequences(apart),
    'rollout_corr/log_ppl_abs_diff': overSequences(abs(apart)),
    'rollout_corr/log_ppl_diff_max': maskedMax(apart, mask),
    'rollout_corr/log_ppl_diff_min': maskedMin(apart, mask),
    'rollout_corr/ppl_ratio': overSequences(exp(apart)),
    'rollout_corr/chi2_token': maskedMean(excess(x), mask),
    'rollout_corr/chi2_seq': overSequences(excess(logRatiosAt.sequence(x, mask))),
  }
  return settled('rolloutMismatch', { losses: apart, metrics }, { logprobs, rolloutLogprobs }).metrics
}
