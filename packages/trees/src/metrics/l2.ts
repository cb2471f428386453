import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean squared error, (f − y)² of outputs f.
 *
 * Source: LightGBM, `L2Metric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function l2(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric('l2', labelled(data, 'l2'), (label, output) => (output - label) * (output - label))
}
