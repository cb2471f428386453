import { shareLabels } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { crossEntropyLoss, floatTotal } from './entropy'
import type { Metric } from './metric'
import { pointwiseMetric, sumOfLosses } from './pointwise-metric'

const plogp = (p: number) => (p > 0 ? p * Math.log(p) : 0)

const negativeEntropy = (label: number) => plogp(label) + plogp(1 - label)

/**
 * Mean Kullback-Leibler divergence of outputs from labels: cross-entropy less the entropy of the labels.
 *
 * Source: LightGBM, `KullbackLeiblerDivergence`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels outside of [0, 1], and weights that are all zero.
 */
export function kullbackLeibler(_: unknown, data: ObjectiveData): Metric {
  const checked = shareLabels(data, 'kullback_leibler')
  const total = floatTotal(checked)
  const offset = sumOfLosses(checked, new Float64Array(checked.label.length), negativeEntropy) / total
  return pointwiseMetric('kullback_leibler', checked, crossEntropyLoss, (sum) => offset + sum / total)
}
