import { countLabels, logMean } from './count-labels'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'

/**
 * Gamma loss y·e^(−s) + s: g = 1 − y·e^(−s), h = y·e^(−s), times weights. The model's output is e^s.
 *
 * Source: LightGBM, `RegressionGammaLoss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for a negative label, labels all 0, and weights that are negative, not finite or all
 * zero.
 */
export function gamma(_: unknown, data: ObjectiveData): Objective {
  const checked = countLabels(data, 'gamma')
  const { label, weight } = checked
  return oneScore('gamma', {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const ratio = label[i]! * Math.exp(-scores[i]!)
        gradients[i] = (1 - ratio) * w
        hessians[i] = ratio * w
      }
    },
    boostFromScore: () => logMean(checked),
  })
}
