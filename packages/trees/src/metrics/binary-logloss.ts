import { EPSILON } from '../epsilon'
import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/** −log 1e-15, of a float as in LightGBM. */
const LARGEST = Math.fround(-Math.log(EPSILON))

/**
 * Mean logistic loss −log p of the class that a row has, with p at least 1e-15; labels above 0 are positive.
 *
 * Source: LightGBM, `BinaryLoglossMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function binaryLogloss(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric('binary_logloss', labelled(data, 'binary_logloss'), (label, output) => {
    const p = label > 0 ? output : 1 - output
    return p > EPSILON ? -Math.log(p) : LARGEST
  })
}
