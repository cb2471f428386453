import { labelled } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { weightedMean } from './weighted-mean'

/** Parameters that {@link huber} reads. */
export interface HuberParameters {
  readonly alpha: number
}

/**
 * Huber loss, ½d² of d = s − y where |d| ≤ α, else α(|d| − ½α): g = d or α·sign(d), h = 1, times weights. `reg_sqrt` is
 * disregarded, as LightGBM does.
 *
 * Source: LightGBM, `RegressionHuberLoss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function huber({ alpha }: HuberParameters, data: ObjectiveData): Objective {
  const checked = labelled(data, 'huber')
  const { label, weight } = checked
  return oneScore('huber', {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const difference = scores[i]! - label[i]!
        const isNear = Math.abs(difference) <= alpha
        gradients[i] = isNear ? difference * w : Math.sign(difference) * w * alpha
        hessians[i] = w
      }
    },
    boostFromScore: () => weightedMean(checked),
  })
}
