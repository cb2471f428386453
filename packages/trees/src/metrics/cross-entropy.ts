import { shareLabels } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { crossEntropyLoss, floatTotal } from './entropy'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean cross-entropy −y·log p − (1 − y)·log(1 − p) of outputs p, with logarithms of no less than 1e-12.
 *
 * Source: LightGBM, `CrossEntropyMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels outside of [0, 1], and weights that are all zero.
 */
export function crossEntropy(_: unknown, data: ObjectiveData): Metric {
  const checked = shareLabels(data, 'cross_entropy')
  const total = floatTotal(checked)
  return pointwiseMetric('cross_entropy', checked, crossEntropyLoss, (sum) => sum / total)
}
