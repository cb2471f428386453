import { add, asTensor, logicalOr, mul, pad, slice, sub, type Tensor, where } from '@prefkit/tensor'
import { LossError } from '../loss-error'

/** Inputs of {@link generalizedAdvantages}, `[B, T]` each, 0 where masked. */
export interface Trajectories {
  readonly rewards: Tensor
  readonly values: Tensor
  readonly mask: Tensor
}

/** Distances 1, 2, 4, … below T: with each, sums reach twice as many tokens ahead. */
type Distances = readonly number[]

/**
 * GAE over the kept tokens, as if the others did not exist and nothing came after the last: A_t = Σ_(s ≥ t)
 * (γλ)^(s−t)·δ_s with δ_s = r_s + γV_(s+1) − V_s (1506.02438, equation 16). In log₂T steps over `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, naming the calling function, when T is symbolic.
 */
export function generalizedAdvantages(
  name: string,
  { rewards, values, mask }: Trajectories,
  { gamma, lambda }: { gamma: number; lambda: number },
): Tensor {
  const distances = distancesOf(name, mask)
  // Of no tokens nothing can be sliced.
  if (mask.shape.includes(0)) return values
  const errors = sub(add(rewards, mul(gamma, nextKept(values, mask, distances))), values)
  // Masked tokens do not discount.
  const decay = where(mask, asTensor(gamma * lambda, values.dtype), asTensor(1, values.dtype))
  return where(mask, sumAhead(where(mask, errors, 0), decay, distances), 0)
}

function distancesOf(name: string, { shape: [, length] }: Tensor): Distances {
  if (typeof length !== 'number') {
    throw new LossError('SHAPE_MISMATCH', `${name}: expected T to be a number, got ${length}`)
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
function nextKept(x: Tensor, mask: Tensor, distances: Distances): Tensor {
  const start = { value: ahead(x, 1, 0), found: ahead(mask, 1, 0) }
  return distances.reduce(
    ({ value, found }, distance) => ({
      value: where(found, value, ahead(value, distance, 0)),
      found: logicalOr(found, ahead(found, distance, 0)),
    }),
    start,
  ).value
}

/**
 * y_t = x_t + decay_t·y_(t+1): each step adds to the sum over a stretch of tokens that over the next, equally long one.
 */
const sumAhead = (x: Tensor, decay: Tensor, distances: Distances): Tensor =>
  distances.reduce(
    ({ total, factor }, distance) => ({
      total: add(total, mul(factor, ahead(total, distance, 0))),
      factor: mul(factor, ahead(factor, distance, 1)),
    }),
    { total: x, factor: decay },
  ).total
