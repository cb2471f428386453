import {
  add,
  asTensor,
  cast,
  cumsum,
  equal,
  logicalAnd,
  logicalOr,
  mul,
  pad,
  reduceMax,
  slice,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { LossError } from '../loss-error'

/** What {@link generalizedAdvantages} is a function of; `[B, T]` each, 0 where masked. */
export interface Trajectories {
  readonly rewards: Tensor
  readonly values: Tensor
  readonly mask: Tensor
}

/** 1 at the last kept token of each sequence, 0 elsewhere, `[B, T]`. */
export function lastToken(mask: Tensor): Tensor {
  const place = cumsum(cast(mask, 'i32'), 1)
  return logicalAnd(mask, equal(place, reduceMax(place, { axis: 1, keepDims: true })))
}

/**
 * GAE over the kept tokens, as if the others were not there and nothing came after the last: A_t = Σ_(s ≥ t) (γλ)^(s−t)·δ_s with
 * δ_s = r_s + γV_(s+1) − V_s (1506.02438, equation 16). In log₂T steps over `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH` when T is symbolic.
 */
export function generalizedAdvantages(
  { rewards, values, mask }: Trajectories,
  { gamma, lambda }: { gamma: number; lambda: number },
): Tensor {
  const errors = sub(add(rewards, mul(gamma, nextKept(values, mask))), values)
  // Over a token that is not there, time stands still.
  const decay = where(mask, asTensor(gamma * lambda, values.dtype), asTensor(1, values.dtype))
  return where(mask, sumAhead(where(mask, errors, 0), decay), 0)
}

/** Distances 1, 2, 4, … below T: what is known of as many tokens ahead doubles with each. */
function distances({ shape: [, length] }: Tensor): number[] {
  if (typeof length !== 'number') {
    throw new LossError('SHAPE_MISMATCH', `pairwisePpoLoss: expected T to be a number, got ${length}`)
  }
  return Array.from({ length: Math.ceil(Math.log2(Math.max(1, length))) }, (_, step) => 2 ** step)
}

/** x of the token `distance` places later, `[B, T]`; `beyond` after the last. */
const ahead = (x: Tensor, distance: number, beyond: number): Tensor =>
  pad(
    slice(x, 1, distance),
    [
      [0, 0],
      [0, distance],
    ],
    beyond,
  )

/** x of the next kept token after each, 0 where none is left. */
function nextKept(x: Tensor, mask: Tensor): Tensor {
  const start = { value: ahead(x, 1, 0), found: ahead(mask, 1, 0) }
  return distances(x).reduce(
    ({ value, found }, distance) => ({
      value: where(found, value, ahead(value, distance, 0)),
      found: logicalOr(found, ahead(found, distance, 0)),
    }),
    start,
  ).value
}

/** y_t = x_t + decay_t·y_(t+1): what stands for a stretch of tokens takes in the stretch of the same length after it. */
const sumAhead = (x: Tensor, decay: Tensor): Tensor =>
  distances(x).reduce(
    ({ total, factor }, distance) => ({
      total: add(total, mul(factor, ahead(total, distance, 0))),
      factor: mul(factor, ahead(factor, distance, 1)),
    }),
    { total: x, factor: decay },
  ).total
