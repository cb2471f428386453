import {
  abs,
  add,
  cast,
  equal,
  greater,
  logicalAnd,
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
  where,
} from '@prefkit/tensor'
import { perExample } from './batch'
import { requireWithin } from './loss-error'

/** What a loss over pairs returns. */
export interface PairLoss<Metric extends string = string> {
  /** `[B]`: the loss of each pair, not reduced. */
  readonly losses: Tensor
  /** Scalars over the batch, under TRL's names. */
  readonly metrics: Readonly<Record<Metric, Tensor>>
}

/** How certain the labels are. */
export interface LabelOptions {
  /**
   * `[B]` or a number in [0, 1]: the probability that the chosen response is the preferred one, such as a share
   * of votes. Below ½ the other response is the better one, and the metrics follow. Default: 1.
   */
  preference?: TensorLike
  /** ε in [0, ½): the share of labels assumed to be flipped; moves `preference` towards ½. Default: 0. */
  labelSmoothing?: number
}

/** The names of {@link LabelOptions}. */
export const labelOptions: OptionNames<LabelOptions> = { preference: true, labelSmoothing: true }

/** The labels of a batch, checked. */
export interface Labels {
  /** p as given, a scalar or `[B]`; undefined where every chosen response is the preferred one. */
  readonly preference: Tensor | undefined
  /** p after label smoothing, (1 − ε)p + ε(1 − p); undefined where that is 1, so that the other side does not count. */
  readonly target: Tensor | undefined
}

/**
 * The labels of these pairs.
 * @throws LossError `SHAPE_MISMATCH` unless the preference is a number or one for each pair; `INVALID_OPTION` when ε is
 *   outside [0, ½) or a preference outside [0, 1].
 */
export function labelsOf(
  loss: string,
  { preference = 1, labelSmoothing = 0 }: LabelOptions,
  like: Tensor,
): Labels {
  requireWithin(loss, 'labelSmoothing', labelSmoothing, { from: 0, below: 0.5 })
  const p = perExample(loss, 'preference', preference, like, { from: 0, to: 1 })
  const certain = preference === 1
  return {
    preference: certain ? undefined : p,
    target: certain && labelSmoothing === 0 ? undefined : add(mul(1 - 2 * labelSmoothing, p), labelSmoothing),
  }
}

/** A weight of 0 hides numbers larger than this: their squares may overflow. */
const FAR = 1e15

/** w·f(x), elementwise, with 0·∞ = 0, and no gradient in x where w is 0. */
function weighted(w: Tensor, x: Tensor, f: (x: Tensor) => Tensor): Tensor {
  // Where the weight is 0, f sees 0 instead of an infinity: 0·∞ would be NaN, also in the gradient.
  const idle = logicalAnd(equal(w, 0), greater(abs(x), FAR))
  return mul(w, f(where(idle, 0, x)))
}

/**
 * p·f(x) + (1 − p)·f(−x), where f is the loss of the label 1 and p the target; f(x) without one. Exact at both ends of
 * p.
 */
export const crossEntropy = (x: Tensor, target: Tensor | undefined, f: (x: Tensor) => Tensor): Tensor =>
  target === undefined ? f(x) : add(weighted(target, x, f), weighted(sub(1, target), neg(x), f))

/** −log σ(x). */
export const logistic = (x: Tensor): Tensor => softplus(neg(x))

/** −p·log σ(x) − (1 − p)·log σ(−x), where p is the target; −log σ(x) without one. */
export const logisticLoss = (x: Tensor, target: Tensor | undefined): Tensor =>
  crossEntropy(x, target, logistic)

/** (1 − t)·x + t·y for t in [0, 1], with 0·∞ = 0. */
export function mixture(t: Tensor, x: Tensor, y: Tensor): Tensor {
  const same = (z: Tensor) => z
  return add(weighted(sub(1, t), x, same), weighted(t, y, same))
}

/** The metrics that TRL's reward trainer logs, over all the rewards of the batch. */
export type RewardMetric = 'accuracy' | 'margin' | 'min_reward' | 'mean_reward' | 'max_reward'

/** The metrics of a batch of pairs of rewards. */
export const rewardMetrics = (
  chosen: Tensor,
  rejected: Tensor,
  preference?: Tensor,
): Record<RewardMetric, Tensor> => ({
  accuracy: shareRight(sub(chosen, rejected), preference),
  margin: mean(turned(sub(chosen, rejected), preference)),
  min_reward: minimum(reduceMin(chosen), reduceMin(rejected)),
  mean_reward: mul(0.5, mean(add(chosen, rejected))),
  max_reward: maximum(reduceMax(chosen), reduceMax(rejected)),
})

/** x seen from the preferred side: x itself, −x where p < ½, and 0 where p = ½. */
export const turned = (x: Tensor, preference?: Tensor): Tensor =>
  preference === undefined ? x : mul(sideOf(preference), x)

/**
 * Share of x > 0, strictly, or of x < 0 where the preference p is below ½. Where p = ½ neither side is right: such a
 * pair counts half. Exchanging the sides (x → −x, p → 1 − p) does not change it.
 */
export function shareRight(x: Tensor, preference?: Tensor): Tensor {
  const right = cast(greater(turned(x, preference), 0), x.dtype)
  if (preference === undefined) return mean(right)
  return mean(add(right, mul(0.5, cast(equal(sideOf(preference), 0), x.dtype))))
}

const sideOf = (preference: Tensor): Tensor => sign(sub(preference, 0.5))
