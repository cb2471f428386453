import { EPSILON } from '../epsilon'
import { shareLabels } from './checks'
import { exponential } from './exponential'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'
import { weightedMean } from './weighted-mean'

/** Below it 1 + e^(−s) is e^(−s) to the last bit. */
const LOWEST = -37

/**
 * Cross-entropy −y·log p − (1 − y)·log(1 − p) of p = 1 / (1 + e^(−s)), for labels from 0 to 1: g = p − y, h = p·(1 − p),
 * times weights. The model's output is p.
 *
 * Source: LightGBM, `CrossEntropy`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_DATA` for labels outside of [0, 1], and weights that are negative, not finite or all zero.
 */
export function crossEntropy(_: unknown, data: ObjectiveData): Objective {
  const checked = shareLabels(data, 'cross_entropy')
  const { label, weight } = checked
  const exp = exponential()
  return oneScore('cross_entropy', {
    computeGradients(scores, gradients, hessians) {
      for (let i = 0; i < label.length; i++) {
        const w = weight === undefined ? 1 : weight[i]!
        const y = label[i]!
        const score = scores[i]!
        if (score > LOWEST) {
          const odds = exp(-score)
          gradients[i] = ((Math.fround(1 - y) - y * odds) / (1 + odds)) * w
          hessians[i] = (odds / ((1 + odds) * (1 + odds))) * w
        } else {
          const odds = exp(score)
          gradients[i] = (odds - y) * w
          hessians[i] = odds * w
        }
      }
    },
    boostFromScore() {
      const mean = Math.max(Math.min(weightedMean(checked), 1 - EPSILON), EPSILON)
      return Math.log(mean / (1 - mean))
    },
  })
}
