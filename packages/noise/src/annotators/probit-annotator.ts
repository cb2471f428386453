import { normalCdf } from '@prefkit/expressions'
import type { Annotator } from './annotator'
import { choiceOf } from './choice-of'
import { type BetaOptions, betaOf } from './logistic-annotator'

/**
 * The Thurstone annotator: P(first ≻ second) = Φ(β Δr). It is what utilities with independent Gaussian noise choose when
 * their difference has standard deviation 1/β, each of them then 1/(β√2).
 *
 * Source: 2411.04991, Assumption 4 and Proposition 3, where β = 1. Proven against its equation, and against simulated
 * Gaussian noise.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless β is finite and at least 0; `INVALID_OPTION`.
 */
export function probitAnnotator(options: BetaOptions = {}): Annotator {
  const beta = betaOf('probitAnnotator', options)
  return (delta) => choiceOf(normalCdf(beta * delta), normalCdf(-beta * delta), 0)
}
