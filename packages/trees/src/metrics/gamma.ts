import { labelledWith } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import type { Metric } from './metric'
import { pointwiseMetric } from './pointwise-metric'
import { safeLog } from './safe-log'

/**
 * Mean negative log-likelihood of a gamma distribution of shape 1 and mean f: y/f + log f.
 *
 * Source: LightGBM, `GammaMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels that are not above 0, and weights that are all zero.
 */
export function gamma(_: unknown, data: ObjectiveData): Metric {
  return pointwiseMetric(
    'gamma',
    labelledWith(data, 'gamma', (label) => label > 0, 'labels above 0'),
    (label, output) => {
      const theta = -1 / output
      // LightGBM adds log y of a double and draws log y of a float from it, which leaves a rounding error.
      const rest = safeLog(label) - Math.fround(safeLog(label))
      return -(label * theta + safeLog(-theta) + rest)
    },
  )
}
