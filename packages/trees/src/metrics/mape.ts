import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean absolute error relative to the label, |y − f| / max(1, |y|).
 *
 * Source: LightGBM, `MAPEMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function mape(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric(
    'mape',
    labelled(data, 'mape'),
    (label, output) => Math.abs(label - output) / Math.max(1, Math.abs(label)),
  )
}
