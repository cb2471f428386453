import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { byFallingScore } from './by-falling-score'
import type { Metric } from './metric'
import { totalWeight } from './pointwise-metric'

/**
 * Area under the ROC curve: share of the pairs of a positive and a negative row, by weight, whose scores are in the right
 * order; equal scores count half. 1 where there is one class only. Labels above 0 are positive.
 *
 * Source: LightGBM, `AUCMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function auc(_: unknown, data: ObjectiveData): Metric {
  const checked = labelled(data, 'auc')
  const groupsOf = byFallingScore(checked)
  const total = totalWeight(checked)
  return {
    names: ['auc'],
    higherIsBetter: true,
    evaluate(rawScores) {
      let above = 0
      let area = 0
      const { count, positive, negative } = groupsOf(rawScores)
      for (let i = 0; i < count; i++) {
        area += negative[i]! * (positive[i]! * 0.5 + above)
        above += positive[i]!
      }
      return [above > 0 && above !== total ? area / (above * (total - above)) : 1]
    },
  }
}
