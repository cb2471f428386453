import { EPSILON } from '../epsilon'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { multiclassMetric } from './multiclass-metric'

/** −log 1e-15, of a float as in LightGBM. */
const LARGEST = Math.fround(-Math.log(EPSILON))

/**
 * Mean of −log p of the class that a row has, with p at least 1e-15.
 *
 * Source: LightGBM, `MultiSoftmaxLoglossMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for num_class below 2; `INVALID_DATA` for labels that are no classes, and weights
 * that are all zero.
 */
export function multiLogloss(parameters: { readonly num_class: number }, data: ObjectiveData): Metric {
  return multiclassMetric('multi_logloss', 'multi_logloss', parameters, data, (outputs, row, label, rows) => {
    const p = outputs[label * rows + row]!
    return p > EPSILON ? -Math.log(p) : LARGEST
  })
}
