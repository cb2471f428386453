import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Share of the rows that an output above ½ puts in the wrong class; labels above 0 are positive.
 *
 * Source: LightGBM, `BinaryErrorMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function binaryError(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric('binary_error', labelled(data, 'binary_error'), (label, output) =>
    output > 0.5 === label > 0 ? 0 : 1,
  )
}
