import { add, mean, mul, neg, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { batchOf } from '../batch'
import { settled } from '../determined'
import { requireChoice, requireNames, requireNonNegative } from '../loss-error'
import {
  type LabelOptions,
  labelOptions,
  labelsOf,
  logisticLoss,
  type PairLoss,
  shareRight,
} from '../pair-loss'
import { type ConsistencyDistance, consistencyDistances } from './position-consistency-loss'

/** Options of {@link pairwiseJudgeLoss}. */
export interface PairwiseJudgeLossOptions extends LabelOptions {
  /** ζ ≥ 0: weight of the position-consistency loss. Default: 0.1. */
  consistencyWeight?: number
  /** The distance of `positionConsistencyLoss`. Default: `squared`. */
  distance?: ConsistencyDistance
}

/** The metrics of {@link pairwiseJudgeLoss} over the batch. */
export type PairwiseJudgeMetric =
  | 'accuracy'
  | 'accuracy/front'
  | 'accuracy/back'
  | 'accuracy/gap'
  | 'consistency_loss'

/**
 * Loss of a generative pairwise judge that answers yes or no to "is the first better than the second?", per pair shown
 * in both orders (for one order alone, see `yesLogit`): ℓ = ½[−log σ(ℓ_cr) − log σ(−ℓ_rc)] + ζ·L_pos(ℓ_cr, ℓ_rc), where
 * ℓ_cr is the logit of yes with the chosen response first. The first term is the cross-entropy of yes and no, each pair
 * being two rows of the data; with a preference p the targets are p and 1 − p.
 *
 * `accuracy/front` and `accuracy/back` are the shares of right answers with the chosen response first and second,
 * `accuracy` their mean and `accuracy/gap` their difference: 0 for a judge without position bias. A pair with p = ½
 * counts half. `consistency_loss` is the mean of L_pos, before ζ.
 *
 * Source: 2504.04950, cross-entropy with the regulariser L_pos. Proven against its equation.
 *
 * @param chosenFirstLogits `[B]`, logit of yes with the chosen response first; see `yesLogit`.
 * @param rejectedFirstLogits `[B]`, logit of yes with the rejected response first.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for options that are
 *   unknown or out of range; `INDETERMINATE` where `jeffreys` meets infinities.
 */
export function pairwiseJudgeLoss(
  chosenFirstLogits: TensorLike,
  rejectedFirstLogits: TensorLike,
  options: PairwiseJudgeLossOptions = {},
): PairLoss<PairwiseJudgeMetric> {
  const names = { ...labelOptions, consistencyWeight: true, distance: true }
  requireNames('pairwiseJudgeLoss', options, names)
  const { consistencyWeight = 0.1, distance = 'squared', ...label } = options
  requireNonNegative('pairwiseJudgeLoss', 'consistencyWeight', consistencyWeight)
  requireChoice('pairwiseJudgeLoss', 'distance', distance, Object.keys(consistencyDistances))
  const inputs = batchOf('pairwiseJudgeLoss', { chosenFirstLogits, rejectedFirstLogits })
  const { chosenFirstLogits: front, rejectedFirstLogits: other } = inputs
  const { preference, target } = labelsOf('pairwiseJudgeLoss', label, front)
  const back = neg(other)
  const answers = mul(0.5, add(logisticLoss(front, target), logisticLoss(back, target)))
  const consistency = consistencyDistances[distance](front, back)
  const losses = consistencyWeight === 0 ? answers : add(answers, mul(consistencyWeight, consistency))
  const metrics = {
    ...accuracies(shareRight(front, preference), shareRight(back, preference)),
    consistency_loss: mean(consistency),
  }
  return settled('pairwiseJudgeLoss', { losses, metrics }, inputs)
}

const accuracies = (front: Tensor, back: Tensor) => ({
  accuracy: mul(0.5, add(front, back)),
  'accuracy/front': front,
  'accuracy/back': back,
  'accuracy/gap': sub(front, back),
})
