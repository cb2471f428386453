import { checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import type { ChoiceContext, Modifier } from './annotator'
import { choiceOf } from './choice-of'
import { type PerAnnotator, perAnnotator } from './per-annotator'

/** Options of {@link withTies}. */
export interface TiesOptions {
  /** Perceived differences up to this, in units of reward and either way, are called a tie; ≥ 0. */
  threshold: PerAnnotator
}

/** Rounding of the two probabilities may take them this far past one. */
const ROUNDING = 1e-12

function tieOf(first: number, second: number, context: ChoiceContext): number {
  const tie = 1 - first - second
  if (tie >= -ROUNDING) return Math.max(0, tie)
  const message = `withTies: the annotator of comparison ${context.index} is less likely to choose a response that is better; put withTies before what turns its answers around`
  throw new NoiseError('NOT_MONOTONE', 'withTies', message)
}

/**
 * Ties within a threshold θ: P(first) = p_first(Δr − θ), P(second) = p_second(Δr + θ), the rest is a tie. Around
 * `logisticAnnotator` it is Rao and Kupper's model, whose parameter is e^(βθ); around `probitAnnotator`,
 * Glenn and David's.
 *
 * Source: Rao and Kupper (1967); Glenn and David (1960). Proven against its equation, and against simulated noise.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every threshold is at least 0; when asked, `NOT_MONOTONE` around an annotator
 *   who is more often wrong than right, `OUT_OF_RANGE` for an annotator that has no threshold.
 */
export function withTies(options: TiesOptions): Modifier {
  checkNames('withTies', options, { threshold: true })
  const thresholdOf = perAnnotator('threshold', options.threshold, 0)
  return (annotator) => (delta, context) => {
    const threshold = thresholdOf(context.annotator)
    const { first } = annotator(delta - threshold, context)
    const { second } = annotator(delta + threshold, context)
    return choiceOf(first, second, tieOf(first, second, context))
  }
}
