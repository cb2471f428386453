import {
  add,
  cast,
  equal,
  floor,
  greaterEqual,
  logicalAnd,
  maximum,
  minimum,
  mul,
  reduceSum,
  reshape,
  sort,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  take,
  where,
} from '@prefkit/tensor'
import { determined } from '../determined'
import { requireNames, requireWithin } from '../loss-error'
import { tokensOf } from '../tokens'

/** Options of {@link topEntropyMask}. */
export interface TopEntropyMaskOptions {
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
  /** ρ in (0, 1]: the share of the tokens to keep; TRL's `top_entropy_quantile`. Default: 0.2, as in the paper. */
  share?: number
}

/**
 * The tokens where the policy was least sure, over the whole batch: those whose entropy is at least the (1 −
 * ρ)-quantile, which is interpolated linearly between two tokens. As `mask` of a loss it leaves tokens out of the
 * reduction; as a factor of its weights it only removes their gradient, as TRL does. Tokens with an entropy of NaN are
 * not kept and not counted.
 *
 * Source: 2506.01939. Proven against TRL 1.16.0 (`get_high_entropy_mask`).
 *
 * @param entropies `[B, T]`, in nats: of the next-token distribution at each token.
 * @returns `[B, T]`, of booleans; false where masked.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite entropies meet.
 */
export function topEntropyMask(entropies: TensorLike, options: TopEntropyMaskOptions = {}): Tensor {
  requireNames('topEntropyMask', options, { mask: true, share: true })
  const { share = 0.2 } = options
  requireWithin('topEntropyMask', 'share', share, { above: 0, to: 1 })
  const { tokens, mask } = tokensOf('topEntropyMask', { entropies }, options.mask)
  const x = stopGradient(tokens.entropies)
  const counted = logicalAnd(mask, equal(x, x))
  if (x.shape.includes(0)) return counted
  const threshold = quantile(x, counted, 1 - share)
  return logicalAnd(counted, greaterEqual(x, determined('topEntropyMask', threshold, { entropies: x })))
}

/** The q-quantile of the x that count, a scalar; what it is without any does not matter. */
function quantile(x: Tensor, counted: Tensor, q: number): Tensor {
  const sorted = sort(reshape(where(counted, x, Number.POSITIVE_INFINITY), [-1]), 0)
  const last = maximum(sub(reduceSum(cast(counted, x.dtype)), 1), 0)
  const rank = mul(q, last)
  const below = floor(rank)
  const at = (place: Tensor) => take(sorted, cast(place, 'i32'), 0)
  const [low, high] = [at(below), at(minimum(add(below, 1), last))]
  const part = sub(rank, below)
  return where(equal(part, 0), low, add(low, mul(part, sub(high, low))))
}
