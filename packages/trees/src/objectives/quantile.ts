import { labelled, refuseParameter } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { renewal } from './renewal'
import { type RootParameters, rootDescription, rootLabels } from './root-labels'

/** Parameters that {@link quantile} reads. */
export interface QuantileParameters extends RootParameters {
  readonly alpha: number
}

/**
 * Pinball loss, (1 − α)·d of d = s − y ≥ 0, else −α·d: g = 1 − α or −α, h = 1, times weights. Leaves take the α quantile of
 * what is left of their labels.
 *
 * Source: LightGBM, `RegressionQuantileloss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` unless 0 < alpha < 1; `INVALID_DATA` without finite labels, and for weights that are
 * negative, not finite or all zero.
 */
export function quantile(parameters: QuantileParameters, data: ObjectiveData): Objective {
  const alpha = Math.fround(parameters.alpha)
  if (!(alpha > 0 && alpha < 1)) {
    refuseParameter(`alpha is ${parameters.alpha}; quantile expects a number above 0 and below 1`)
  }
  const checked = rootLabels(labelled(data, 'quantile'), parameters)
  const { label, weight } = checked
  const above = Math.fround(1 - alpha)
  return oneScore(rootDescription('quantile', parameters), {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        // A difference too small for a float is none.
        const isAbove = Math.fround(scores[i]! - label[i]!) >= 0
        gradients[i] = isAbove ? above * w : -alpha * w
        hessians[i] = w
      }
    },
    ...renewal(checked, alpha),
  })
}
