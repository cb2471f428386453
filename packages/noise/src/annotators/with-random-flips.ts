import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { choiceOf } from './choice-of'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withRandomFlips}. */
export interface RandomFlipsOptions {
  /** Share ε of decided answers that come out the wrong way round, in [0, 1]. */
  rate: PerAnnotator
}

/**
 * Answers that are flipped at random, whatever is compared: p_first = (1 − ε) p_first + ε p_second. Ties stay ties.
 *
 * Source: its equation. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every rate is in [0, 1]; when asked, for an annotator that has none.
 */
export function withRandomFlips(options: RandomFlipsOptions): Modifier {
  checkNames('withRandomFlips', options, { rate: true })
  const rateOf = perAnnotator('rate', options.rate, 0, 1)
  return (annotator) => (delta, context) => {
    const { first, second, tie } = annotator(delta, context)
    const rate = rateOf(context.annotator)
    return choiceOf((1 - rate) * first + rate * second, (1 - rate) * second + rate * first, tie)
  }
}
