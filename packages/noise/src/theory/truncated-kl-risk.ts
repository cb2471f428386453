import type { Numbers } from '../annotators/comparisons'
import { checkColumns, checkSameLength } from '../check-numbers'
import { checkNames, checkPositive, checkRange } from '../check-options'
import { NoiseError } from '../noise-error'

/** Options of {@link truncatedKlRisk}. */
export interface TruncatedKlRiskOptions {
  /** B > 0, in nats: what one logarithm counts at most; ∞ gives the Kullback–Leibler risk. Default: 2. */
  bound?: number
}

const term = (p: number, q: number, bound: number) => (p === 0 ? 0 : p * Math.min(bound, Math.log(p / q)))

/**
 * The B-truncated Kullback–Leibler risk of win probabilities: the mean of p₀ᵀ min(B, log(p₀/p̂)) over comparisons,
 * where p₀ = (p, 1 − p) holds the true win probability of the first response and p̂ the stated one. In nats.
 *
 * Bounded by B, so that a prediction of 0 for what happens costs finitely much. From B = 2 on it is never negative;
 * for a smaller B it can be.
 *
 * Source: 2411.04991, Definition 12. Proven against its equation.
 *
 * @param trueProbabilities `[N]` in [0, 1].
 * @param predictedProbabilities `[N]` in [0, 1].
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`; `TOO_FEW` without comparisons.
 */
export function truncatedKlRisk(
  trueProbabilities: Numbers,
  predictedProbabilities: Numbers,
  options: TruncatedKlRiskOptions = {},
): number {
  checkNames('truncatedKlRisk', options, { bound: true })
  const { bound = 2 } = options
  if (bound !== Number.POSITIVE_INFINITY) checkPositive('bound', bound)
  checkColumns({ trueProbabilities, predictedProbabilities }, 'an array of probabilities')
  checkSameLength({ trueProbabilities, predictedProbabilities })
  const count = trueProbabilities.length
  if (count === 0) {
    throw new NoiseError('TOO_FEW', 'trueProbabilities', 'trueProbabilities is empty; expected comparisons')
  }
  let sum = 0
  for (let i = 0; i < count; i++) {
    const [p, q] = [trueProbabilities[i]!, predictedProbabilities[i]!]
    checkRange(`trueProbabilities[${i}]`, p, 0, 1)
    checkRange(`predictedProbabilities[${i}]`, q, 0, 1)
    sum += term(p, q, bound) + term(1 - p, 1 - q, bound)
  }
  return sum / count
}
