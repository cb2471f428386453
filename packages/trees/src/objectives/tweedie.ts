import { countLabels, logMean } from './count-labels'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'

/** Parameters that {@link tweedie} reads. */
export interface TweedieParameters {
  readonly tweedie_variance_power: number
}

/**
 * Tweedie loss −y·e^((1−ρ)s) / (1−ρ) + e^((2−ρ)s) / (2−ρ), of variance power ρ: g = −y·e^((1−ρ)s) + e^((2−ρ)s),
 * h = −y·(1−ρ)·e^((1−ρ)s) + (2−ρ)·e^((2−ρ)s), times weights. The model's output is e^s.
 *
 * Source: LightGBM, `RegressionTweedieLoss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for a negative label, labels all 0, and weights that are negative, not finite or all
 * zero.
 */
export function tweedie(parameters: TweedieParameters, data: ObjectiveData): Objective {
  const checked = countLabels(data, 'tweedie')
  const { label, weight } = checked
  const rho = parameters.tweedie_variance_power
  return oneScore('tweedie', {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const y = label[i]!
        const first = Math.exp((1 - rho) * scores[i]!)
        const second = Math.exp((2 - rho) * scores[i]!)
        gradients[i] = (-y * first + second) * w
        hessians[i] = (-y * (1 - rho) * first + (2 - rho) * second) * w
      }
    },
    boostFromScore: () => logMean(checked),
  })
}
