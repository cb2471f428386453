import { normalQuantile } from '@prefkit/evals'

/** Midpoints at which an expectation is taken: their error is below 1e-4. */
const points = 512

/**
 * The win probability that another so many draws are expected to gain over the best so far: E[max(0, σ(M − s_best) −
 * ½)], M the largest of the new scores. Scores are on the scale of log-odds, and taken for normal with the mean and the
 * deviation (over n − 1) of those so far; the largest of b such is below x with probability Φ((x − μ)/σ)^b. In [0, ½].
 * @param scores two or more, one for each draw.
 * @param draws whole number ≥ 1.
 */
export function expectedGain(scores: readonly number[], draws: number): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  const deviation = Math.sqrt(squares / (scores.length - 1))
  const best = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)
  let total = 0
  for (let i = 0; i < points; i++) {
    const largest = mean + deviation * normalQuantile(((i + 0.5) / points) ** (1 / draws))
    total += Math.max(0, 1 / (1 + Math.exp(best - largest)) - 0.5)
  }
  return total / points
}
