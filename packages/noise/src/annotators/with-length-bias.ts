import { checkNames, choose } from '../check-options'
import { NoiseError } from '../noise-error'
import type { ChoiceContext, Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'
import { requiredContext } from './required-context'

/** How two lengths are compared: ln(ℓ₁/ℓ₂), which has no unit, or ℓ₁ − ℓ₂. */
export type LengthMeasure = 'log-ratio' | 'difference'

/** Options of {@link withLengthBias}. */
export interface LengthBiasOptions {
  /** What length is worth, in units of reward per e-fold or per unit of length; below 0 prefers brevity. */
  strength: PerAnnotator
  /** How lengths are compared. Default: `log-ratio`. */
  measure?: LengthMeasure
}

const measures: Readonly<Record<LengthMeasure, (first: number, second: number) => number>> = {
  'log-ratio': (first, second) => Math.log(first / second),
  difference: (first, second) => first - second,
}

function lengthOf(field: 'firstLength' | 'secondLength', context: ChoiceContext): number {
  const length = requiredContext('withLengthBias', field, context)
  if (length > 0) return length
  const message = `${field} of comparison ${context.index} is ${length}; expected a length above 0`
  throw new NoiseError('OUT_OF_RANGE', field, message)
}

/**
 * A liking for length: Δr + γ·ln(ℓ_first/ℓ_second), or Δr + γ·(ℓ_first − ℓ_second).
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every strength is finite; `INVALID_OPTION`; when asked, `MISSING_CONTEXT`
 *   without lengths, `OUT_OF_RANGE` for a length that is not above 0 or an annotator that has no strength.
 */
export function withLengthBias(options: LengthBiasOptions): Modifier {
  checkNames('withLengthBias', options, { strength: true, measure: true })
  const strength = perAnnotator('strength', options.strength, Number.NEGATIVE_INFINITY)
  const measure = choose('measure', options.measure ?? 'log-ratio', measures)
  return (annotator) => (delta, context) => {
    const excess = measure(lengthOf('firstLength', context), lengthOf('secondLength', context))
    return annotator(delta + strength(context.annotator) * excess, context)
  }
}
