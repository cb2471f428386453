import { clip, less, maximum, minimum, mul, neg, type Tensor, where } from '@prefkit/tensor'

/** How {@link clippedSurrogate} clips. */
export interface Surrogate {
  readonly bounds: readonly [number, number]
  /** c > 1: with A < 0 the loss is at most −c·A (dual clip). */
  readonly dualClip?: number | undefined
  /** δ: the largest ratio outside the clip, too (two-sided clip). */
  readonly ratioCap?: number | undefined
}

/** −min(ρA, clip(ρ)A), elementwise. */
export function clippedSurrogate(
  ratio: Tensor,
  advantages: Tensor,
  { bounds, dualClip, ratioCap }: Surrogate,
): Tensor {
  const gain = neg(advantages)
  const free = ratioCap === undefined ? ratio : minimum(ratio, ratioCap)
  const loss = maximum(mul(free, gain), mul(clip(ratio, ...bounds), gain))
  if (dualClip === undefined) return loss
  return where(less(advantages, 0), minimum(mul(dualClip, gain), loss), loss)
}
