import { asTensor, less, maximum, minimum, mul, neg, type Tensor, where } from '@prefkit/tensor'

/** How {@link clippedSurrogate} clips. */
export interface Surrogate {
  readonly bounds: readonly [number, number]
  /** c > 1: with A < 0 the loss is at most −c·A (dual clip). */
  readonly dualClip?: number | undefined
  /** δ: the largest ratio outside the clip, too (two-sided clip). */
  readonly ratioCap?: number | undefined
}

/**
 * −min(ρA, clip(ρ)A), elementwise, as −A times a ratio that is held on one side: with A ≥ 0 at most 1 + ε_high, with A < 0 at
 * least 1 − ε and at most c or δ. Where it is held it has no gradient, and at a bound half, as two terms that tie.
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
  const worse = less(advantages, 0)
  const bound = (ifWorse: number, otherwise: number): Tensor =>
    where(worse, asTensor(ifWorse, ratio.dtype), asTensor(otherwise, ratio.dtype))
  // No ratio is below −1: with A ≥ 0 a ratio of 0 does not tie with a bound.
  const held = minimum(maximum(ratio, bound(low, -1)), bound(Math.min(dualClip, ratioCap), high))
  return mul(neg(advantages), held)
}
