import { type BrierDecomposition, brierDecomposition } from './brier-score'
import { checkOptions, checkScorePairs } from './check-input'
import { fitTemperature, type TemperatureFit } from './fit-temperature'
import { type BinningOptions, binningNames, type Reliability, reliability } from './reliability'
import { comparisonLogLoss, winProbability } from './win-probability'

/** What {@link calibrateComparisons} found about win probabilities σ(chosen − rejected). */
export interface ComparisonCalibration extends Reliability {
  /** Mean −log σ(margin) in nats; log 2 ≈ 0.693 for always saying 50 %. */
  logLoss: number
  /** Mean (1 − σ(margin))², with its parts; 0.25 for always saying 50 %. */
  brier: BrierDecomposition
  /** The best single rescaling, fitted on these same comparisons: a diagnosis, not a held-out result. */
  temperature: TemperatureFit
}

/**
 * Are the win probabilities σ(margin) honest? Reliability, ECE, Brier with its parts, log-loss, temperature.
 *
 * In a list of (chosen, rejected) the outcome is always "chosen", which says nothing about calibration, so nothing
 * here depends on which side is written first. The reliability bins fold each comparison onto the response the
 * model prefers: its probability in [½, 1] against whether it was the chosen one (a tie: ½ against ½). The Brier
 * parts take each comparison in both orders, so the overall rate is ½ and the uncertainty exactly 0.25.
 *
 * @param bins bins of [½, 1], default 10 of equal width; the Brier parts use twice as many over [0, 1]
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function calibrateComparisons(
  chosenScores: ArrayLike<number>,
  rejectedScores: ArrayLike<number>,
  options: Omit<BinningOptions, 'range'> = {},
): ComparisonCalibration {
  checkOptions('calibrateComparisons', options, binningNames)
  const { bins = 10, strategy = 'width' } = options
  checkScorePairs(chosenScores, rejectedScores)
  const margins = Float64Array.from(chosenScores, (score, i) => score - rejectedScores[i]!)
  const confidence = margins.map((margin) => winProbability(Math.abs(margin)))
  const right = margins.map((margin) => (Math.sign(margin) + 1) / 2)
  const win = margins.map((margin) => winProbability(margin))
  const lose = margins.map((margin) => winProbability(-margin))
  const total = margins.length
  const outcomes = new Float64Array(2 * total).fill(1, 0, total)
  return {
    ...reliability(confidence, right, { bins, strategy, range: [0.5, 1] }),
    logLoss: margins.reduce((sum, margin) => sum + comparisonLogLoss(margin), 0) / total,
    brier: brierDecomposition([...win, ...lose], outcomes, { bins: 2 * bins, strategy }),
    temperature: fitTemperature(margins),
  }
}
