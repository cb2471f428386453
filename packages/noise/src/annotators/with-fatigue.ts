import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withFatigue}. */
export interface FatigueOptions {
  /** Annotations after which half of what can be lost is lost; above 0. */
  halfLife: PerAnnotator
  /** Share of the ability that is never lost, in [0, 1]. Default: 0. */
  floor?: PerAnnotator
}

/**
 * Ability that drifts down over time: Δr becomes Δr·(f + (1 − f)·2^(−t/h)), t being how many comparisons the annotator has
 * answered before, h the half-life and f the floor.
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every half-life is above 0 and every floor in [0, 1]; when asked, for an
 *   annotator that has none.
 */
export function withFatigue(options: FatigueOptions): Modifier {
  checkNames('withFatigue', options, { halfLife: true, floor: true })
  const halfLife = perAnnotator('halfLife', options.halfLife, Number.MIN_VALUE)
  const floorOf = perAnnotator('floor', options.floor ?? 0, 0, 1)
  return (annotator) => (delta, context) => {
    const floor = floorOf(context.annotator)
    const left = 2 ** (-context.time / halfLife(context.annotator))
    return annotator(delta * (floor + (1 - floor) * left), context)
  }
}
