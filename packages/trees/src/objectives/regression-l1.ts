import { labelled } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { renewal } from './renewal'
import { type RootParameters, rootDescription, rootLabels } from './root-labels'

/** Parameters that {@link regressionL1} reads. */
export type RegressionL1Parameters = RootParameters

/**
 * Absolute error |s − y|: g = sign(s − y), h = 1, times weights. Leaves take the median of what is left of their labels.
 *
 * Source: LightGBM, `RegressionL1loss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function regressionL1(parameters: RegressionL1Parameters, data: ObjectiveData): Objective {
  const checked = rootLabels(labelled(data, 'regression_l1'), parameters)
  const { label, weight } = checked
  return oneScore(rootDescription('regression_l1', parameters), {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        gradients[i] = Math.sign(scores[i]! - label[i]!) * w
        hessians[i] = w
      }
    },
    ...renewal(checked, 0.5),
  })
}
