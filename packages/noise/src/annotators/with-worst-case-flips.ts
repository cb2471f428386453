import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { choiceOf } from './choice-of'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withWorstCaseFlips}. */
export interface WorstCaseFlipsOptions {
  /** |Δr| from which on every decided answer is wrong, ≥ 0; `worstCaseThreshold` gives it for a budget. */
  above: PerAnnotator
}

/**
 * An adversary who makes the labels wrong that hurt most, those of the largest |Δr|: where |Δr| ≥ `above`, what would
 * have been decided either way is decided wrongly. Below it, and between equals, the annotator answers as before.
 *
 * `flipWorstLabels` does the same to labels that are there already, with a budget of flips.
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every threshold is at least 0; when asked, for an annotator that has none.
 */
export function withWorstCaseFlips(options: WorstCaseFlipsOptions): Modifier {
  checkNames('withWorstCaseFlips', options, { above: true })
  const above = perAnnotator('above', options.above, 0)
  return (annotator) => (delta, context) => {
    const choice = annotator(delta, context)
    if (delta === 0 || Math.abs(delta) < above(context.annotator)) return choice
    const decided = 1 - choice.tie
    return delta > 0 ? choiceOf(0, decided, choice.tie) : choiceOf(decided, 0, choice.tie)
  }
}
