import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withAbility}. */
export interface AbilityOptions {
  /** Factor a on Δr: 1 changes nothing, 0 answers as between equals, below 0 gets it the wrong way round. */
  ability: PerAnnotator
}

/**
 * Annotators of different ability: Δr becomes a·Δr, with the annotator's own a. Under `logisticAnnotator` that is
 * P(first ≻ second) = σ(a β Δr).
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every ability is finite; when asked, for an annotator that has none.
 */
export function withAbility(options: AbilityOptions): Modifier {
  checkNames('withAbility', options, { ability: true })
  const ability = perAnnotator('ability', options.ability, Number.NEGATIVE_INFINITY)
  return (annotator) => (delta, context) => annotator(ability(context.annotator) * delta, context)
}
