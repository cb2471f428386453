import {
  add,
  asTensor,
  cast,
  equal,
  greater,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type OptionNames,
  reduceMax,
  reduceMin,
  sign,
  softplus,
  sub,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { batchOf } from './batch'
import { LossError, requireInRange } from './loss-error'

/** What a loss over pairs returns. */
export interface PairLoss<Metric extends string = string> {
  /** `[B]`: the loss of each pair, not reduced. */
  readonly losses: Tensor
  /** Scalars over the batch, under TRL's names. */
  readonly metrics: Readonly<Record<Metric, Tensor>>
}

/** How sure the labels are. */
export interface LabelOptions {
  /**
   * `[B]` or a number in [0, 1]: the probability that the chosen response is the preferred one, such as a share
   * of votes. Below ½ the other response is the better one, and metrics count it so. Default: 1.
   */
  preference?: TensorLike
  /** ε in [0, ½): the share of labels taken to be flipped; moves `preference` towards ½. Default: 0. */
  labelSmoothing?: number
}

/** The names of {@link LabelOptions}. */
export const labelOptions: OptionNames<LabelOptions> = { preference: true, labelSmoothing: true }

/** Two score vectors of one length, as tensors of one dtype. @throws LossError `SHAPE_MISMATCH`, `EMPTY`. */
export function pairOf(loss: string, chosen: TensorLike, rejected: TensorLike): [Tensor, Tensor] {
  const tensors = batchOf(loss, { chosen, rejected })
  return [tensors.chosen, tensors.rejected]
}

/**
 * p after label smoothing, p ← (1 − ε)p + ε(1 − p).
 * @throws LossError `INVALID_OPTION` when ε is outside [0, ½) or a plain preference outside [0, 1].
 */
export function smoothed({ preference = 1, labelSmoothing = 0 }: LabelOptions, like: Tensor): Tensor {
  requireLabels({ preference, labelSmoothing })
  return add(mul(1 - 2 * labelSmoothing, asTensor(preference, like.dtype)), labelSmoothing)
}

/** True when the chosen response is certain to be the preferred one, so that the other side counts for nothing. */
export const isCertain = ({ preference = 1, labelSmoothing = 0 }: LabelOptions): boolean =>
  preference === 1 && labelSmoothing === 0

function requireLabels({ preference, labelSmoothing }: Required<LabelOptions>): void {
  requireInRange('labelSmoothing', labelSmoothing, 0, 0.5)
  if (typeof preference === 'number' && !(preference >= 0 && preference <= 1)) {
    throw new LossError('INVALID_OPTION', `preference: expected a probability in [0, 1], got ${preference}`)
  }
}

/**
 * −p·log σ(x) − (1 − p)·log σ(−x), where p is the preference after label smoothing, p ← (1 − ε)p + ε(1 − p).
 * @throws LossError `INVALID_OPTION` when ε is outside [0, ½) or a plain preference outside [0, 1].
 */
export function logisticLoss(x: Tensor, labels: LabelOptions): Tensor {
  if (isCertain(labels)) return softplus(neg(x))
  const p = smoothed(labels, x)
  // −p·log σ(x) − (1−p)·log σ(−x) = softplus(x) − p·x; written around softplus(−x), exact where p is near 1.
  return add(softplus(neg(x)), mul(sub(1, p), x))
}

/** What TRL's reward trainer logs, over all the rewards of the batch. */
export type RewardMetric = 'accuracy' | 'margin' | 'min_reward' | 'mean_reward' | 'max_reward'

/** The metrics of a batch of pairs of rewards. */
export const rewardMetrics = (
  chosen: Tensor,
  rejected: Tensor,
  preference?: TensorLike,
): Record<RewardMetric, Tensor> => ({
  accuracy: shareRight(sub(chosen, rejected), preference),
  margin: mean(turned(sub(chosen, rejected), preference)),
  min_reward: minimum(reduceMin(chosen), reduceMin(rejected)),
  mean_reward: mul(0.5, mean(add(chosen, rejected))),
  max_reward: maximum(reduceMax(chosen), reduceMax(rejected)),
})

/** What a preference p says of x: x itself, turned round where p < ½ and 0 where p = ½. */
export const turned = (x: Tensor, preference: TensorLike = 1): Tensor =>
  preference === 1 ? x : mul(sideOf(x, preference), x)

/**
 * Share of x > 0, strictly, or of x < 0 where the preference p is below ½. Where p = ½ neither side is right: half.
 * Exchanging the sides (x → −x, p → 1 − p) leaves it as it is.
 */
export function shareRight(x: Tensor, preference: TensorLike = 1): Tensor {
  const right = cast(greater(turned(x, preference), 0), 'f32')
  if (preference === 1) return mean(right)
  return mean(add(right, mul(0.5, cast(equal(sideOf(x, preference), 0), 'f32'))))
}

const sideOf = (x: Tensor, preference: TensorLike): Tensor => sign(sub(asTensor(preference, x.dtype), 0.5))
