import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean fair loss c·|d| − c²·log(1 + |d|/c) of d = f − y.
 *
 * Source: LightGBM, `FairLossMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function fair({ fair_c: c }: { readonly fair_c: number }, data: ObjectiveData): Metric {
  return pointwiseMetric('fair', labelled(data, 'fair'), (label, output) => {
    const size = Math.abs(output - label)
    return c * size - c * c * Math.log1p(size / c)
  })
}
