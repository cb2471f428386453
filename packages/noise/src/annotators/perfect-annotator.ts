import type { Annotator } from './annotator'
import { choiceOf } from './choice-of'

/**
 * The annotator who is always right: the limit of `logisticAnnotator` for β → ∞. Between equals, a fair coin. With
 * `withPersonalBias` it is an annotator whose own taste decides, always alike.
 *
 * Source: 2411.04991, Assumption 2. Proven against its equation.
 */
export function perfectAnnotator(): Annotator {
  return (delta) => {
    const first = (1 + Math.sign(delta)) / 2
    return choiceOf(first, 1 - first, 0)
  }
}
