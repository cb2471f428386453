import { labelled } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { type RootParameters, rootDescription, rootLabels } from './root-labels'
import { weightedMean } from './weighted-mean'

/** Parameters that {@link fair} reads. */
export interface FairParameters extends RootParameters {
  readonly fair_c: number
}

/**
 * Fair loss c·|d| − c²·log(1 + |d|/c) of d = s − y: g = c·d / (|d| + c), h = c² / (|d| + c)², times weights.
 *
 * Source: LightGBM, `RegressionFairLoss`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without finite labels, and for weights that are negative, not finite or all zero.
 */
export function fair(parameters: FairParameters, data: ObjectiveData): Objective {
  const { fair_c: c } = parameters
  const checked = rootLabels(labelled(data, 'fair'), parameters)
  const { label, weight } = checked
  return oneScore(rootDescription('fair', parameters), {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const difference = scores[i]! - label[i]!
        const scale = Math.abs(difference) + c
        gradients[i] = ((c * difference) / scale) * w
        hessians[i] = ((c * c) / (scale * scale)) * w
      }
    },
    boostFromScore: () => weightedMean(checked),
  })
}
