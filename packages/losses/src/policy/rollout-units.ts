import {
  add,
  any,
  asTensor,
  div,
  maximum,
  reduceMax,
  reduceMin,
  reduceSum,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { meanOfSequences, tokenCounts } from '../tokens'

/** What statistics of a batch are over: its kept tokens, or its sequences that have any. */
export interface Units {
  readonly level: 'token' | 'sequence'
  readonly mask: Tensor
}

/**
 * Mean over the units of x, `[B, T]`, which is the same at each token of a sequence when sequences are counted; 0
 * without units. ε: added to the counts of tokens, as verl does.
 */
export function unitMean(x: Tensor, { level, mask }: Units, epsilon = 0): Tensor {
  const counts = tokenCounts(mask, x)
  const total = reduceSum(where(mask, x, 0), { axis: 1 })
  if (level === 'token') return div(reduceSum(total), maximum(add(reduceSum(counts), epsilon), 1))
  const means = div(total, maximum(add(counts, epsilon), 1))
  return meanOfSequences(means, mask)
}

/** The largest x at a kept token; 0 without one. */
export const maskedMax = (x: Tensor, mask: Tensor): Tensor =>
  extremeOf(x, mask, (some) => reduceMax(where(some, x, Number.NEGATIVE_INFINITY)))

/** The smallest x at a kept token; 0 without one. */
export const maskedMin = (x: Tensor, mask: Tensor): Tensor =>
  extremeOf(x, mask, (some) => reduceMin(where(some, x, Number.POSITIVE_INFINITY)))

/** An axis of no tokens has no extreme to compute. */
const extremeOf = (x: Tensor, mask: Tensor, extreme: (mask: Tensor) => Tensor): Tensor =>
  x.shape.includes(0) ? asTensor(0, x.dtype) : where(any(mask), extreme(mask), 0)
