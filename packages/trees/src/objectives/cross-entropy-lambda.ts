import { refuseData, shareLabels } from './checks'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { weightedMean } from './weighted-mean'

function unweighted(label: Float32Array): Objective['computeGradients'] {
  return (scores, gradients, hessians) => {
    for (let i = 0; i < label.length; i++) {
      const p = 1 / (1 + Math.exp(-scores[i]!))
      gradients[i] = p - label[i]!
      hessians[i] = p * (1 - p)
    }
  }
}

function weighted(label: Float32Array, weight: Float32Array): Objective['computeGradients'] {
  return (scores, gradients, hessians) => {
    for (let i = 0; i < label.length; i++) {
      const w = weight[i]!
      const y = label[i]!
      const odds = Math.exp(scores[i]!)
      const p = 1 - Math.exp(-w * Math.log1p(odds))
      gradients[i] = ((1 - y / p) * w) / (1 + 1 / odds)
      const c = 1 / (1 - p)
      const a = (w * odds) / ((1 + odds) * (1 + odds))
      const b = (c / ((c - 1) * (c - 1))) * (1 + w * odds - c)
      hessians[i] = a * (1 + y * b)
    }
  }
}

/**
 * Cross-entropy −y·log p − (1 − y)·log(1 − p) of p = 1 − e^(−w·λ) with λ = log(1 + e^s), so that weights act as exposure and
 * not as factors. The model's output is λ, which is no probability.
 *
 * Source: LightGBM, `CrossEntropyLambda`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels outside of [0, 1], and weights that are not above 0.
 */
export function crossEntropyLambda(_: unknown, data: ObjectiveData): Objective {
  const checked = shareLabels(data, 'cross_entropy_lambda')
  const { label, weight } = checked
  const zero = weight === undefined ? -1 : weight.indexOf(0)
  if (zero >= 0) refuseData(`weight[${zero}] is 0; cross_entropy_lambda expects weights above 0`)
  return oneScore('cross_entropy_lambda', {
    computeGradients: weight === undefined ? unweighted(label) : weighted(label, weight),
    boostFromScore: () => Math.log(Math.expm1(weightedMean(checked))),
  })
}
