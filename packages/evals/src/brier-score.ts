import { checkNotEmpty, checkOptions, checkRange, checkSameLength } from './check-input'
import { type BinningOptions, binningNames, binPredictions } from './reliability'

/**
 * Brier score: mean (p − outcome)², in [0, 1]; 0 is perfect, always saying ½ of a coin earns 0.25.
 *
 * Brier (1950), Monthly Weather Review 78(1).
 *
 * @param probabilities predictions in [0, 1]
 * @param outcomes 1 happened, 0 did not; values between are shares
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function brierScore(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  checkNotEmpty('probabilities', probabilities)
  checkSameLength({ probabilities, outcomes })
  checkRange('probabilities', probabilities, 0, 1)
  checkRange('outcomes', outcomes, 0, 1)
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) sum += (probabilities[i]! - outcomes[i]!) ** 2
  return sum / probabilities.length
}

/** The parts of a Brier score: brier = reliability − resolution + uncertainty + withinBin. */
export interface BrierDecomposition {
  brier: number
  /** Mean squared gap between predicted and observed of a prediction's bin; 0 when calibrated. */
  reliability: number
  /** Mean squared gap between a bin's observed rate and the overall rate; larger is better. */
  resolution: number
  /** Variance of the outcomes: the score of always predicting the overall rate. */
  uncertainty: number
  /** What binning hides: spread of predictions inside bins less twice their covariance with outcomes. */
  withinBin: number
}

/**
 * Murphy's decomposition of the Brier score, with the within-bin term that makes it exact for continuous
 * predictions.
 *
 * Murphy (1973), J. Applied Meteorology 12(4); Stephenson, Coelho and Jolliffe (2008), Weather and Forecasting
 * 23(4), for the within-bin components.
 *
 * @param probabilities predictions in [0, 1]
 * @param outcomes 1 happened, 0 did not; values between are shares
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function brierDecomposition(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  options: BinningOptions = {},
): BrierDecomposition {
  checkOptions('brierDecomposition', options, { ...binningNames, range: true })
  const brier = brierScore(probabilities, outcomes)
  const bins = binPredictions(probabilities, outcomes, options)
  const total = probabilities.length
  const rate = Array.from(outcomes).reduce((sum, outcome) => sum + outcome, 0) / total
  const parts = { brier, reliability: 0, resolution: 0, uncertainty: 0, withinBin: 0 }
  for (const { rows } of bins) {
    const predicted = rows.reduce((sum, row) => sum + probabilities[row]!, 0) / rows.length
    const observed = rows.reduce((sum, row) => sum + outcomes[row]!, 0) / rows.length
    parts.reliability += (rows.length / total) * (predicted - observed) ** 2
    parts.resolution += (rows.length / total) * (observed - rate) ** 2
    for (const row of rows) {
      const spread = probabilities[row]! - predicted
      parts.uncertainty += (outcomes[row]! - rate) ** 2 / total
      parts.withinBin += (spread * spread - 2 * spread * (outcomes[row]! - observed)) / total
    }
  }
  return parts
}
