import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/**
 * Mean Huber loss of d = f − y: ½d² where |d| ≤ α, else α(|d| − ½α).
 *
 * Source: LightGBM, `HuberLossMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function huber({ alpha }: { readonly alpha: number }, data: ObjectiveData): Metric {
  return pointwiseMetric('huber', labelled(data, 'huber'), (label, output) => {
    const difference = output - label
    const size = Math.abs(difference)
    return size <= alpha ? 0.5 * difference * difference : alpha * (size - 0.5 * alpha)
  })
}
