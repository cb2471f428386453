import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withPositionBias}. */
export interface PositionBiasOptions {
  /** What being shown first is worth, in units of reward; below 0 prefers what is shown second. */
  strength: PerAnnotator
}

/**
 * A liking for the response shown first: Δr + b, or Δr − b when the second response is shown first. Over both orders
 * of a pair it cancels to first order only: answers stay noisier than without it.
 *
 * Source: its equation; position consistency of judges is measured in 2504.04950. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every strength is finite; when asked, for an annotator that has none.
 */
export function withPositionBias(options: PositionBiasOptions): Modifier {
  checkNames('withPositionBias', options, { strength: true })
  const strength = perAnnotator('strength', options.strength, Number.NEGATIVE_INFINITY)
  return (annotator) => (delta, context) => {
    const shift = strength(context.annotator)
    return annotator(context.swapped ? delta - shift : delta + shift, context)
  }
}
