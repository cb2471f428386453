import { checkFunction } from '../check-options'
import type { Annotator } from './annotator'

/**
 * An annotation quality function ξ: from |Δr| ≥ 0 to the probability in [½, 1] that the label is correct, never falling
 * as |Δr| grows.
 */
export type QualityFunction = (absoluteDelta: number) => number

/** Throws `INVALID_OPTION` unless this is a function, as ξ is. */
export const checkQuality = (quality: unknown): void =>
  checkFunction('quality', quality, "a function such as expressionQuality('sigmoid(delta)')")

/**
 * The annotator whose labels are correct with probability ξ(|Δr|); between equals, where no label is wrong, a fair coin.
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation.
 *
 * @param quality ξ, such as `expressionQuality('0.5 + 0.5*tanh(delta)')`.
 * @throws NoiseError `INVALID_OPTION` for what is no function.
 */
export function qualityAnnotator(quality: QualityFunction): Annotator {
  checkQuality(quality)
  return (delta) => {
    if (delta === 0) return { first: 0.5, second: 0.5, tie: 0 }
    const correct = quality(Math.abs(delta))
    return delta > 0
      ? { first: correct, second: 1 - correct, tie: 0 }
      : { first: 1 - correct, second: correct, tie: 0 }
  }
}
