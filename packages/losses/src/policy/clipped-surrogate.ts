import { asTensor, greater, less, logicalAnd, maximum, mul, neg, type Tensor, where } from '@prefkit/tensor'

/** How {@link clippedSurrogate} clips. */
export interface Surrogate {
  readonly bounds: readonly [number, number]
  /** c > 1: with A < 0 the loss is at most −c·A (dual clip). */
  readonly dualClip?: number | undefined
  /** δ: the largest ratio outside the clip, too (two-sided clip). */
  readonly ratioCap?: number | undefined
}

/** Where A < 0 and the ratio is above the cap. Without a cap the clip leaves such ratios alone. */
export const capped = (ratio: Tensor, advantages: Tensor, cap: number): Tensor =>
  logicalAnd(less(advantages, 0), greater(ratio, cap))

/**
 * −min(ρA, clip(ρ)A), elementwise. Only one bound matters for each sign of A: 1 − ε where A < 0, else 1 + ε_high.
 * Ratios beyond it, or above c or δ where A < 0, have no gradient; at the bound the two terms tie, and half of it is
 * left.
 */
export function clippedSurrogate(
  ratio: Tensor,
  advantages: Tensor,
  {
    bounds: [low, high],
    dualClip = Number.POSITIVE_INFINITY,
    ratioCap = Number.POSITIVE_INFINITY,
  }: Surrogate,
): Tensor {
  const gain = neg(advantages)
  const bound = where(less(advantages, 0), asTensor(low, ratio.dtype), asTensor(high, ratio.dtype))
  const loss = maximum(mul(gain, ratio), mul(gain, bound))
  const cap = Math.min(dualClip, ratioCap)
  return cap === Number.POSITIVE_INFINITY ? loss : where(capped(ratio, advantages, cap), mul(gain, cap), loss)
}
