import type { Annotator } from './annotator'

const choices = {
  better: { first: 1, second: 0, tie: 0 },
  worse: { first: 0, second: 1, tie: 0 },
  equal: { first: 0.5, second: 0.5, tie: 0 },
} as const

/**
 * The annotator who is always right: the limit of `logisticAnnotator` for β → ∞. Between equals, a fair coin. With
 * `withPersonalBias` it is an annotator whose own taste decides, always alike.
 *
 * Source: 2411.04991, Assumption 2. Proven against its equation.
 */
export function perfectAnnotator(): Annotator {
  const unequal = (delta: number) => (delta > 0 ? choices.better : choices.worse)
  return (delta) => (delta === 0 ? choices.equal : unequal(delta))
}
