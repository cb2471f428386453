/**
 * The settings in which 2411.04991 annotates: annotators with P(correct | Δr) = σ(β |Δr|) on golden rewards.
 *
 * Source: 2411.04991, its experiments; β and the divisor as in the authors' code.
 */
export const paperAnnotations = Object.freeze({
  /** Where it is from. */
  source: 'arXiv:2411.04991',
  /** Annotation qualities β, the best first. */
  betas: Object.freeze([10, 5, 3, 1, 0.7, 0.5, 0.3, 0.1, 0.01, 0.001]),
  /** What golden rewards of the helpful task are divided by before β applies. */
  helpfulRewardDivisor: 6,
  /** Lowest and highest annotation error rate studied; `calibrateBeta` finds β for any between. */
  errorRates: Object.freeze({ lowest: 0.05, highest: 0.38 }),
  /** Numbers of annotations. */
  annotationCounts: Object.freeze([5000, 10_000, 20_000, 40_000]),
  /** Responses to each prompt, to make pairs of. */
  responsesPerPrompt: 10,
})
