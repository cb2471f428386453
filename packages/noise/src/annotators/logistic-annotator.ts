import { sigmoid } from '@prefkit/expressions'
import { checkNames, checkRange } from '../check-options'
import type { Annotator } from './annotator'
import { choiceOf } from './choice-of'

/** Options of annotators whose answers get surer as β grows. */
export interface BetaOptions {
  /** Annotation quality β ≥ 0, per unit of reward: 0 answers at random. Default: 1. */
  beta?: number
}

/** β, checked. */
export function betaOf(owner: string, options: BetaOptions): number {
  checkNames(owner, options, { beta: true })
  const { beta = 1 } = options
  checkRange('beta', beta, 0)
  return beta
}

/**
 * The Bradley–Terry annotator: P(first ≻ second) = σ(β Δr), so that a label is correct with probability
 * ξ(Δr) = σ(β |Δr|). It is what utilities with independent Gumbel noise of scale 1/β choose.
 *
 * Source: 2411.04991, Assumption 3, Proposition 2 and Assumption 5. Proven against its equation, and against
 * simulated Gumbel noise.
 *
 * @throws NoiseError `OUT_OF_RANGE` unless β is finite and at least 0; `INVALID_OPTION`.
 */
export function logisticAnnotator(options: BetaOptions = {}): Annotator {
  const beta = betaOf('logisticAnnotator', options)
  return (delta) => choiceOf(sigmoid(beta * delta), sigmoid(-beta * delta), 0)
}
