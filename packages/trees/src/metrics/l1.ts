import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean absolute error, |f − y| of outputs f.
 *
 * Source: LightGBM, `L1Metric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function l1(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric('l1', labelled(data, 'l1'), (label, output) => Math.abs(output - label))
}
