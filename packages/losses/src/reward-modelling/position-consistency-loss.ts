import { mul, neg, sigmoid, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { batchOf } from '../batch'
import { determined } from '../determined'
import { requireNames, requireOneOf } from '../loss-error'

/** How far apart the answers in the two orders are. */
export type ConsistencyDistance = 'squared' | 'jeffreys'

/** Options of {@link positionConsistencyLoss}. */
export interface PositionConsistencyLossOptions {
  /**
   * With p = p(yes | a, b) and q = 1 − p(yes | b, a): `squared`: (p − q)²; `jeffreys`: KL(p‖q) + KL(q‖p), which does not
   * flatten where both are near 0 or 1. Default: `squared`.
   */
  distance?: ConsistencyDistance
}

/** Of the logits of p and q. For two Bernoulli distributions, KL(p‖q) + KL(q‖p) = (p − q)·(logit p − logit q). */
const distances: Record<ConsistencyDistance, (p: Tensor, q: Tensor) => Tensor> = {
  squared: (p, q) => mul(sub(sigmoid(p), sigmoid(q)), sub(sigmoid(p), sigmoid(q))),
  jeffreys: (p, q) => mul(sub(sigmoid(p), sigmoid(q)), sub(p, q)),
}

/**
 * Position-consistency loss L_pos of a pairwise judge, per pair: how far its answers to "is a better than b?" and "is b
 * better than a?" are from saying the same. 0 where ℓ(b, a) = −ℓ(a, b).
 *
 * The paper does not spell its distance out; both usual ones are here.
 *
 * Source: 2504.04950, the regulariser L_pos. Proven against its equation.
 *
 * @param forwardLogits `[B]`, logit of yes with a first.
 * @param backwardLogits `[B]`, logit of yes with b first.
 * @returns `[B]`.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for unknown options;
 *   `INDETERMINATE` where `jeffreys` meets infinities.
 */
export function positionConsistencyLoss(
  forwardLogits: TensorLike,
  backwardLogits: TensorLike,
  options: PositionConsistencyLossOptions = {},
): Tensor {
  requireNames('positionConsistencyLoss', options, { distance: true })
  const { distance = 'squared' } = options
  requireOneOf('distance', distance, Object.keys(distances))
  const inputs = batchOf('positionConsistencyLoss', { forwardLogits, backwardLogits })
  const losses = distances[distance](inputs.forwardLogits, neg(inputs.backwardLogits))
  return determined('positionConsistencyLoss', losses, inputs)
}
