import { checkNames } from '../check-options'
import type { Modifier } from './annotator'
import { type PerAnnotator, perAnnotator } from './per-annotator'
import { requiredContext } from './required-context'

/** Options of {@link withSelfPreference}. */
export interface SelfPreferenceOptions {
  /** What having written a response oneself is worth, in units of reward; below 0 for modesty. */
  strength: PerAnnotator
}

/**
 * A liking for one's own responses, as judges that are language models have: Δr + s·(o_first − o_second), where o is 1
 * for a response that the annotator wrote and 0 for others.
 *
 * Source: its equation; the effect is measured in 2404.13076. Proven against its equation.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless every strength is finite; when asked, `MISSING_CONTEXT` where nothing says
 *   who wrote the responses, `OUT_OF_RANGE` for an annotator that has no strength.
 */
export function withSelfPreference(options: SelfPreferenceOptions): Modifier {
  checkNames('withSelfPreference', options, { strength: true })
  const strength = perAnnotator('strength', options.strength, Number.NEGATIVE_INFINITY)
  return (annotator) => (delta, context) => {
    const first = requiredContext('withSelfPreference', 'firstOwned', context)
    const second = requiredContext('withSelfPreference', 'secondOwned', context)
    return annotator(delta + strength(context.annotator) * (first - second), context)
  }
}
