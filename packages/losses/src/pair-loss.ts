import {
  add,
  asTensor,
  cast,
  commonDtype,
  equal,
  greater,
  mean,
  mul,
  neg,
  type OptionNames,
  sign,
  softplus,
  sub,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
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
  const dtype = commonDtype(chosen, rejected)
  const [c, r] = [asTensor(chosen, dtype), asTensor(rejected, dtype)]
  if (c.rank !== 1 || r.rank !== 1 || String(c.shape) !== String(r.shape)) {
    const shapes = `[${c.shape}] and [${r.shape}]`
    throw new LossError('SHAPE_MISMATCH', `${loss}: chosen and rejected must both be [B], got ${shapes}`)
  }
  if (c.shape[0] === 0) {
    throw new LossError('EMPTY', `${loss}: chosen and rejected: expected at least one pair, got none`)
  }
  return [c, r]
}

/**
 * −p·log σ(x) − (1 − p)·log σ(−x), where p is the preference after label smoothing, p ← (1 − ε)p + ε(1 − p).
 * @throws LossError `INVALID_OPTION` when ε is outside [0, ½) or a plain preference outside [0, 1].
 */
export function logisticLoss(x: Tensor, { preference = 1, labelSmoothing = 0 }: LabelOptions): Tensor {
  requireInRange('labelSmoothing', labelSmoothing, 0, 0.5)
  if (typeof preference === 'number' && !(preference >= 0 && preference <= 1)) {
    throw new LossError('INVALID_OPTION', `preference: expected a probability in [0, 1], got ${preference}`)
  }
  if (preference === 1 && labelSmoothing === 0) return softplus(neg(x))
  const p = add(mul(1 - 2 * labelSmoothing, asTensor(preference, x.dtype)), labelSmoothing)
  // −p·log σ(x) − (1−p)·log σ(−x) = softplus(x) − p·x; written around softplus(−x), exact where p is near 1.
  return add(softplus(neg(x)), mul(sub(1, p), x))
}

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
