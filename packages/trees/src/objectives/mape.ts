import { labelled } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { renewal } from './renewal'
import { type RootParameters, rootDescription, rootLabels } from './root-labels'

/** Parameters that {@link mape} reads. */
export type MapeParameters = RootParameters

/**
 * Absolute error relative to the label, |s − y| / max(1, |y|): g = sign(s − y)·w / max(1, |y|), h = w. Leaves take the
 * median of what is left of their labels, weighted by w / max(1, |y|). LightGBM takes the Hessian for constant even where
 * there are weights, but only in one of its two layouts of histograms: trees are those of its `force_row_wise`.
 *
 * Source: LightGBM, `RegressionMAPELOSS`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function mape(parameters: MapeParameters, data: ObjectiveData): Objective {
  const { label, weight } = rootLabels(labelled(data, 'mape'), parameters)
  const labelWeight = label.map((y, i) => {
    const relative = Math.fround(1 / Math.max(1, Math.abs(y)))
    return weight === undefined ? relative : relative * weight[i]!
  })
  return oneScore(rootDescription('mape', parameters), {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        gradients[i] = Math.sign(scores[i]! - label[i]!) * labelWeight[i]!
        hessians[i] = weight === undefined ? 1 : weight[i]!
      }
    },
    ...renewal({ label, weight: labelWeight }, 0.5),
  })
}
