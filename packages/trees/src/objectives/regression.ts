import { labelled } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { type RootParameters, rootDescription, rootLabels } from './root-labels'
import { weightedMean } from './weighted-mean'

/** Parameters that {@link regression} reads. */
export type RegressionParameters = RootParameters

/**
 * Squared error ½(s − y)²: g = s − y, h = 1, times weights. With `reg_sqrt` it is that of sign(y)·√|y|, and the model's
 * output is the score squared, with its sign.
 *
 * Source: LightGBM, `RegressionL2loss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function regression(parameters: RegressionParameters, data: ObjectiveData): Objective {
  const checked = rootLabels(labelled(data, 'regression'), parameters)
  const { label, weight } = checked
  return oneScore(rootDescription('regression', parameters), {
    computeGradients(scores, gradients, hessians) {
      if (weight === undefined) hessians.fill(1)
      else hessians.set(weight)
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        gradients[i] = Math.fround(scores[i]! - label[i]!) * w
      }
    },
    boostFromScore: () => weightedMean(checked),
  })
}
