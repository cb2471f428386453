import { mul, relu, sub, type TensorLike } from '@prefkit/tensor'
import { batchOf, perExample } from '../batch'
import { settled } from '../determined'
import { requireBoolean, requireNames } from '../loss-error'
import { type PairLoss, type RewardMetric, rewardMetrics } from '../pair-loss'

/** Options of {@link hingeLoss}. */
export interface HingeLossOptions {
  /** m, `[B]` or a number: by how much the chosen response has to be better. Default: 1. */
  margin?: TensorLike
  /** True for the square, whose gradient grows with the missing margin. Default: false. */
  squared?: boolean
}

/**
 * Hinge loss of pairs of rewards: ℓ = max(0, m − (r_c − r_r)), or its square. It is 0, and so is its gradient, where
 * the chosen response wins by m or more. The metrics are those of `bradleyTerryLoss`.
 *
 * Source: Herbrich et al. 2000 (ranking SVM); Chapelle & Keerthi 2010 (`squared`). Proven against PyTorch 2.15.0
 * (`margin_ranking_loss`).
 *
 * @param chosenRewards `[B]`, real numbers.
 * @param rejectedRewards `[B]`, real numbers.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where infinities of one sign meet.
 */
export function hingeLoss(
  chosenRewards: TensorLike,
  rejectedRewards: TensorLike,
  options: HingeLossOptions = {},
): PairLoss<RewardMetric> {
  requireNames('hingeLoss', options, { margin: true, squared: true })
  const { margin = 1, squared = false } = options
  requireBoolean('hingeLoss', 'squared', squared)
  const given = batchOf('hingeLoss', { chosenRewards, rejectedRewards })
  const [chosen, rejected] = [given.chosenRewards, given.rejectedRewards]
  const least = perExample('hingeLoss', 'margin', margin, chosen)
  const missing = relu(sub(least, sub(chosen, rejected)))
  const losses = squared ? mul(missing, missing) : missing
  return settled(
    'hingeLoss',
    { losses, metrics: rewardMetrics(chosen, rejected) },
    { ...given, margin: least },
  )
}
