import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { byFallingScore } from './by-falling-score'
import type { Metric } from './metric'
import { totalWeight } from './pointwise-metric'

/**
 * Average precision: the mean, over positive rows by weight, of the share of positive ones among rows that score as high or
 * higher. 1 where there is one class only. Labels above 0 are positive.
 *
 * Source: LightGBM, `AveragePrecisionMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function averagePrecision(_: unknown, data: ObjectiveData): Metric {
  const checked = labelled(data, 'average_precision')
  const groupsOf = byFallingScore(checked)
  const total = totalWeight(checked)
  return {
    names: ['average_precision'],
    higherIsBetter: true,
    evaluate(rawScores) {
      let positives = 0
      let predicted = 0
      let sum = 0
      const { count, positive, negative } = groupsOf(rawScores)
      for (let i = 0; i < count; i++) {
        positives += positive[i]!
        predicted += positive[i]! + negative[i]!
        sum += positive[i]! * (positives / predicted)
      }
      return [positives > 0 && positives !== total ? sum / positives : 1]
    },
  }
}
