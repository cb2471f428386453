import {
  cast,
  greater,
  mean,
  mul,
  neg,
  sigmoid,
  sign,
  sub,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { batchOf } from '../batch'
import { settled } from '../determined'
import { requireChoice, requireNames } from '../loss-error'
import type { PairLoss } from '../pair-loss'

/** How far apart the answers in the two orders are. */
export type ConsistencyDistance = 'squared' | 'jeffreys'

/** Options of {@link positionConsistencyLoss}. */
export interface PositionConsistencyLossOptions {
  /**
   * With p = p(yes | a, b) and q = 1 − p(yes | b, a): `squared`: (p − q)²; `jeffreys`: KL(p‖q) + KL(q‖p), which does
   * not flatten where both are near 0 or 1. Default: `squared`.
   */
  distance?: ConsistencyDistance
}

/**
 * The distances, of the logits of p and q. For two Bernoulli distributions, KL(p‖q) + KL(q‖p) = (p − q)·(logit p −
 * logit q).
 */
export const consistencyDistances: Record<ConsistencyDistance, (p: Tensor, q: Tensor) => Tensor> = {
  squared: (p, q) => mul(sub(sigmoid(p), sigmoid(q)), sub(sigmoid(p), sigmoid(q))),
  jeffreys: (p, q) => mul(sub(sigmoid(p), sigmoid(q)), sub(p, q)),
}

/**
 * Position-consistency loss L_pos of a pairwise judge, per pair: how much its answers to "is a better than b?" and "is
 * b better than a?" contradict each other. 0 where ℓ(b, a) = −ℓ(a, b).
 *
 * The paper does not define its distance; the two usual ones are here. `consistency` is the share of pairs whose two
 * answers name the same response; an answer of ½ names none.
 *
 * Source: 2504.04950, the regulariser L_pos. Proven against its equation.
 *
 * @param forwardLogits `[B]`, logit of yes with a first.
 * @param backwardLogits `[B]`, logit of yes with b first.
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B]`; `EMPTY` for no pairs; `INVALID_OPTION` for unknown options;
 *   `INDETERMINATE` where `jeffreys` meets infinities.
 */
export function positionConsistencyLoss(
  forwardLogits: TensorLike,
  backwardLogits: TensorLike,
  options: PositionConsistencyLossOptions = {},
): PairLoss<'consistency'> {
  requireNames('positionConsistencyLoss', options, { distance: true })
  const { distance = 'squared' } = options
  requireChoice('positionConsistencyLoss', 'distance', distance, Object.keys(consistencyDistances))
  const inputs = batchOf('positionConsistencyLoss', { forwardLogits, backwardLogits })
  const [forward, backward] = [inputs.forwardLogits, neg(inputs.backwardLogits)]
  // Of signs, not of logits: a product of small numbers would underflow.
  const same = greater(mul(sign(forward), sign(backward)), 0)
  const losses = consistencyDistances[distance](forward, backward)
  const metrics = { consistency: mean(cast(same, forward.dtype)) }
  return settled('positionConsistencyLoss', { losses, metrics }, inputs)
}
