import { neg, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, perExample } from '../batch'
import { settled } from '../determined'
import { requireNames } from '../loss-error'
import {
  crossEntropy,
  type LabelOptions,
  labelOptions,
  labelsOf,
  type PairLoss,
  type RewardMetric,
  rewardMetrics,
} from '../pair-loss'
import { logNormalCdf } from './log-normal-cdf'

/** Options of {@link thurstoneLoss}. */
export interface ThurstoneLossOptions extends LabelOptions {
  /** m, `[B]` or a number: by how much the chosen response is known to be better. Default: 0. */
  margin?: TensorLike
}

/**
 * Thurstone reward-model loss (case V), per pair: ℓ = −log Φ(r_c − r_r − m), Φ the normal distribution function. The
 * biases of annotators are normal; in Bradley–Terry they are Gumbel.
 *
 * With a preference p or label smoothing, the cross-entropy −p·log Φ(d) − (1 − p)·log Φ(−d). It grows with d² where
 * the order is wrong. Φ itself is never computed, so it cannot underflow. The metrics are those of `bradleyTerryLoss`.
 *
 * Source: Thurstone 1927; 2411.04991, proposition 3. Proven against PyTorch 2.15.0 (`log_ndtr`).
 *
 * @param chosenRewards `[B]`, real numbers.
 * @param rejectedRewards `[B]`, real numbers.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where infinities of one sign meet.
 */
export function thurstoneLoss(
  chosenRewards: TensorLike,
  rejectedRewards: TensorLike,
  options: ThurstoneLossOptions = {},
): PairLoss<RewardMetric> {
  requireNames('thurstoneLoss', options, { ...labelOptions, margin: true })
  const { margin = 0, ...label } = options
  const given = batchOf('thurstoneLoss', { chosenRewards, rejectedRewards })
  const [chosen, rejected] = [given.chosenRewards, given.rejectedRewards]
  const { preference, target } = labelsOf('thurstoneLoss', label, chosen)
  const least = perExample('thurstoneLoss', 'margin', margin, chosen)
  const losses = crossEntropy(sub(sub(chosen, rejected), least), target, (x) => neg(logNormalCdf(x)))
  const metrics = rewardMetrics(chosen, rejected, preference)
  return settled('thurstoneLoss', { losses, metrics }, { ...given, margin: least })
}
