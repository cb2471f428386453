import { labelledWith } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'
import { safeLog } from './safe-log'

/** Added to outputs. */
const SMOOTHING = 1e-9

/**
 * Twice the sum — not the mean — of y/f − log(y/f) − 1 over outputs f, weighted.
 *
 * Source: LightGBM, `GammaDevianceMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels that are not above 0, and weights that are all zero.
 */
export function gammaDeviance(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric(
    'gamma_deviance',
    labelledWith(data, 'gamma_deviance', (label) => label > 0, 'labels above 0'),
    (label, output) => {
      const ratio = label / (output + SMOOTHING)
      return ratio - safeLog(ratio) - 1
    },
    (sum) => 2 * sum,
  )
}
