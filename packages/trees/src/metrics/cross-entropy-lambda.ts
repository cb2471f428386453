import { refuseData, shareLabels } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { crossEntropyLoss } from './entropy'
import type { Metric } from './metric'
import { outputsOf } from './outputs'

/**
 * Mean over rows, whatever their weights w, of the cross-entropy of p = 1 − e^(−w·λ), λ being the output of objective
 * `cross_entropy_lambda`; with a custom objective, log(1 + e^s).
 *
 * Source: LightGBM, `CrossEntropyLambdaMetric`. Proven against LightGBM 4.7.0 (`metrics/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels outside of [0, 1], and weights that are not above 0.
 */
export function crossEntropyLambda(_: unknown, data: ObjectiveData): Metric {
  const { label, weight } = shareLabels(data, 'cross_entropy_lambda')
  const zero = weight === undefined ? -1 : weight.indexOf(0)
  if (zero >= 0) refuseData(`weight[${zero}] is 0; cross_entropy_lambda expects weights above 0`)
  return {
    names: ['cross_entropy_lambda'],
    higherIsBetter: false,
    evaluate(rawScores, description) {
      const outputs = outputsOf(rawScores, description)
      let sum = 0
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const lambda = description === '' ? Math.log1p(Math.exp(outputs[i]!)) : outputs[i]!
        sum += crossEntropyLoss(label[i]!, 1 - Math.exp(-w * lambda))
      }
      return [sum / label.length]
    },
  }
}
