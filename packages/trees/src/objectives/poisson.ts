import { countLabels, logMean } from './count-labels'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'

/** Parameters that {@link poisson} reads. */
export interface PoissonParameters {
  readonly poisson_max_delta_step: number
}

/**
 * Poisson loss e^s − y·s: g = e^s − y, h = e^s·e^δ, which is larger than the second derivative by
 * δ = `poisson_max_delta_step` so that steps are small; times weights. The model's output is e^s. `reg_sqrt` is
 * disregarded, as LightGBM does.
 *
 * Source: LightGBM, `RegressionPoissonLoss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for a negative label, labels all 0, and weights that are negative, not finite or all
 * zero.
 */
export function poisson(parameters: PoissonParameters, data: ObjectiveData): Objective {
  const checked = countLabels(data, 'poisson')
  const { label, weight } = checked
  const factor = Math.exp(parameters.poisson_max_delta_step)
  return oneScore('poisson', {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const mean = Math.exp(scores[i]!)
        gradients[i] = (mean - label[i]!) * w
        hessians[i] = mean * factor * w
      }
    },
    boostFromScore: () => logMean(checked),
  })
}
