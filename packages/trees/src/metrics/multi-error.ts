import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { multiclassMetric } from './multiclass-metric'

/** Parameters that {@link multiError} reads. */
export interface MultiErrorParameters {
  readonly num_class: number
  readonly multi_error_top_k: number
}

/**
 * Share of the rows whose class has more than k = `multi_error_top_k` outputs as high or higher, its own among them. Named
 * `multi_error@k` unless k is 1.
 *
 * Source: LightGBM, `MultiErrorMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for num_class below 2; `INVALID_DATA` for labels that are no classes, and weights
 * that are all zero.
 */
export function multiError(parameters: MultiErrorParameters, data: ObjectiveData): Metric {
  const { num_class: classes, multi_error_top_k: top } = parameters
  const name = top === 1 ? 'multi_error' : `multi_error@${top}`
  return multiclassMetric('multi_error', name, parameters, data, (outputs, row, label, rows) => {
    const own = outputs[label * rows + row]!
    let asHigh = 0
    for (let k = 0; k < classes; k++) if (outputs[k * rows + row]! >= own) asHigh++
    return asHigh > top ? 1 : 0
  })
}
