import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Root of the mean squared error, √mean (f − y)² of outputs f.
 *
 * Source: LightGBM, `RMSEMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function rmse(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric(
    'rmse',
    labelled(data, 'rmse'),
    (label, output) => (output - label) * (output - label),
    (sum, weights) => Math.sqrt(sum / weights),
  )
}
