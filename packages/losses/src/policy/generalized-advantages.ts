import {
  add,
  cast,
  cumsum,
  equal,
  expandDims,
  greater,
  greaterEqual,
  logicalAnd,
  mul,
  neg,
  pow,
  reduceMax,
  reduceSum,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'

/** What {@link generalizedAdvantages} is a function of; `[B, T]` each, 0 where masked. */
export interface Trajectories {
  readonly rewards: Tensor
  readonly values: Tensor
  readonly mask: Tensor
}

/** 1 at the last kept token of each sequence, 0 elsewhere, `[B, T]`. */
export function lastToken(mask: Tensor): Tensor {
  const place = placesOf(mask)
  return logicalAnd(mask, equal(place, reduceMax(place, { axis: 1, keepDims: true })))
}

/**
 * GAE over the kept tokens, as if the others were not there and nothing came after the last: A_t = Σ_(s ≥ t) (γλ)^(s−t)·δ_s with
 * δ_s = r_s + γV_(s+1) − V_s (1506.02438, equation 16). With the terms of V_s gathered, one `[B, T, T]` table of distances
 * gives all: Σ_(s ≥ t) (γλ)^(s−t)·(r_s − V_s) + γ·Σ_(s > t) (γλ)^(s−t−1)·V_s.
 */
export function generalizedAdvantages(
  { rewards, values, mask }: Trajectories,
  { gamma, lambda }: { gamma: number; lambda: number },
): Tensor {
  const place = cast(placesOf(mask), values.dtype)
  const distance = sub(expandDims(place, 1), expandDims(place, 2))
  const kept = expandDims(mask, 1)
  const decay = (exponent: Tensor, counted: Tensor): Tensor =>
    where(logicalAnd(kept, counted), pow(gamma * lambda, where(counted, exponent, 0)), 0)
  const overTime = (weights: Tensor, x: Tensor): Tensor =>
    reduceSum(mul(weights, expandDims(x, 1)), { axis: 2 })
  const now = overTime(decay(distance, greaterEqual(distance, 0)), add(rewards, neg(values)))
  const next = overTime(decay(sub(distance, 1), greater(distance, 0)), values)
  return where(mask, add(now, mul(gamma, next)), 0)
}

/** The how-manieth kept token each is, counting from 1. */
const placesOf = (mask: Tensor): Tensor => cumsum(cast(mask, 'i32'), 1)
