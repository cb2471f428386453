import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean pinball loss of outputs f: α·(y − f) above f, (α − 1)·(y − f) below.
 *
 * Source: LightGBM, `QuantileMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function quantile({ alpha }: { readonly alpha: number }, data: ObjectiveData): Metric {
  return pointwiseMetric('quantile', labelled(data, 'quantile'), (label, output) => {
    const delta = label - output
    return delta < 0 ? (alpha - 1) * delta : alpha * delta
  })
}
