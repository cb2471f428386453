import { labelled } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'

/** Outputs below it are taken for it: 1e-10 as a float. */
const LEAST = Math.fround(1e-10)

/**
 * Mean Tweedie loss −y·f^(1−ρ) / (1−ρ) + f^(2−ρ) / (2−ρ) of outputs f and variance power ρ.
 *
 * Source: LightGBM, `TweedieMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` without labels, and for weights that are all zero.
 */
export function tweedie(
  { tweedie_variance_power: rho }: { readonly tweedie_variance_power: number },
  data: ObjectiveData,
): Metric {
  return pointwiseMetric('tweedie', labelled(data, 'tweedie'), (label, output) => {
    const log = Math.log(Math.max(output, LEAST))
    return (-label * Math.exp((1 - rho) * log)) / (1 - rho) + Math.exp((2 - rho) * log) / (2 - rho)
  })
}
