import { brierScore, reliability } from '@prefkit/evals'
import { mean } from '../mean'

/** How good win probabilities are against labels. */
export interface PredictionScores {
  /** Pairs scored. */
  readonly count: number
  /** Share of decided pairs whose better response has the higher probability, ½ counting half; null without any. */
  readonly accuracy: number | null
  /** Mean −log of the probability of what was labelled, in nats; probabilities are kept 0.001 from 0 and 1 for it. */
  readonly logLoss: number
  /** Mean squared error of the probability. */
  readonly brier: number
  /**
   * Mean gap between confidence and accuracy over ten bins of confidence max(P, 1 − P), in [0, 1]: each pair is taken
   * as its likelier side, so that which response is called a does not matter.
   */
  readonly expectedCalibrationError: number
}

/** One wrong certainty would make every mean infinite, and JSON has no infinity. */
const CLIP = 1e-3

/**
 * Scores probabilities that a is better against outcomes (1 a, 0 b, ½ tie), one or more of each.
 */
export function scorePredictions(
  probabilities: readonly number[],
  outcomes: readonly number[],
): PredictionScores {
  // Right is 1, wrong 0, and ½ where either side has no preference.
  const right = probabilities.map((p, i) => (Math.sign(p - 0.5) * Math.sign(outcomes[i]! - 0.5) + 1) / 2)
  const decided = right.filter((_, i) => outcomes[i] !== 0.5)
  const losses = probabilities.map((p, i) => {
    const kept = Math.min(1 - CLIP, Math.max(CLIP, p))
    return -outcomes[i]! * Math.log(kept) - (1 - outcomes[i]!) * Math.log(1 - kept)
  })
  const confidence = probabilities.map((p) => Math.max(p, 1 - p))
  return {
    count: probabilities.length,
    accuracy: decided.length === 0 ? null : mean(decided),
    logLoss: mean(losses),
    brier: brierScore(probabilities, outcomes),
    expectedCalibrationError: reliability(confidence, right, { range: [0.5, 1] }).expectedCalibrationError,
  }
}
