import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/** Outputs below it are taken for it: 1e-10 as a float. */
const LEAST = Math.fround(1e-10)

/**
 * Mean Poisson loss f − y·log f of outputs f.
 *
 * Source: LightGBM, `PoissonMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function poisson(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric('poisson', labelled(data, 'poisson'), (label, output) => {
    const mean = Math.max(output, LEAST)
    return mean - label * Math.log(mean)
  })
}
