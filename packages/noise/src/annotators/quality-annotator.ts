import { checkFunction, formatValue } from '../check-options'
import { NoiseError } from '../noise-error'
import type { Annotator } from './annotator'
import { choiceOf } from './choice-of'

/**
 * An annotation quality function ξ: from |Δr| ≥ 0 to the probability in [½, 1] that the label is correct, never falling
 * as |Δr| grows.
 */
export type QualityFunction = (absoluteDelta: number) => number

/** What rounding may take from a constant function. */
export const QUALITY_ROUNDING = 1e-12

/** ξ(|Δr|) within [½, 1], rounding taken off. Throws `OUT_OF_RANGE` beyond it. */
export function withinQuality(value: number, delta: number): number {
  if (value >= 0.5 - QUALITY_ROUNDING && value <= 1 + QUALITY_ROUNDING)
    return Math.min(1, Math.max(0.5, value))
  const message = `quality is ${formatValue(value)} at delta = ${delta}; expected a probability from 0.5 to 1`
  throw new NoiseError('OUT_OF_RANGE', 'quality', message)
}

/** Throws `INVALID_OPTION` unless this is a function, as ξ is. */
export const checkQualityKind = (quality: unknown): void =>
  checkFunction('quality', quality, "a function such as expressionQuality('sigmoid(delta)')")

/** The same, and `OUT_OF_RANGE` unless ξ(1) is in [½, 1]: what is no ξ at all is mostly seen there. */
export function checkQuality(quality: QualityFunction): void {
  checkQualityKind(quality)
  withinQuality(quality(1), 1)
}

/**
 * The annotator whose labels are correct with probability ξ(|Δr|); between equals, where no label is wrong, a fair coin.
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation.
 *
 * @param quality ξ, such as `expressionQuality('0.5 + 0.5*tanh(delta)')`.
 * @throws NoiseError `INVALID_OPTION` for what is no function; `OUT_OF_RANGE` where ξ is beyond [½, 1], at once for |Δr| = 1 and
 *   elsewhere when asked.
 */
export function qualityAnnotator(quality: QualityFunction): Annotator {
  checkQuality(quality)
  return (delta) => {
    if (delta === 0) return choiceOf(0.5, 0.5, 0)
    const size = Math.abs(delta)
    const correct = withinQuality(quality(size), size)
    return delta > 0 ? choiceOf(correct, 1 - correct, 0) : choiceOf(1 - correct, correct, 0)
  }
}
