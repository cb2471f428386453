import { pairsOf, refuseParameter } from './checks'
import { exponential } from './exponential'
import type { Objective, ObjectiveData } from './objective'
import { oneScore } from './one-score'

/** Parameters that {@link bradleyTerry} reads. */
export interface BradleyTerryParameters {
  /** ε: preferences p are taken for (1 − ε)·p + ε·(1 − p); in [0, 0.5). */
  readonly label_smoothing: number
}

/** `[pairs]` preference after smoothing. */
function smoothed(preference: ArrayLike<number> | undefined, pairs: number, smoothing: number): Float64Array {
  const targets = new Float64Array(pairs).fill(1)
  if (preference !== undefined) targets.set(preference)
  for (let i = 0; i < pairs; i++) targets[i] = targets[i]! * (1 - 2 * smoothing) + smoothing
  return targets
}

/**
 * Bradley-Terry on scores of rows, a Siamese loss that LightGBM lacks: each pair of rows (c chosen, r rejected, weight w,
 * preference p) adds −w·[p·log σ(s_c − s_r) + (1 − p)·log σ(s_r − s_c)]. Its derivative by the margin, w·(σ(s_c − s_r) − p),
 * is added to the gradient of c and drawn from that of r; w·σ·(1 − σ) is added to both Hessians, the diagonal of the pair's
 * matrix, as in `lambdarank`. Two leaves that a pair lies in both move, so that its margin takes up to twice a Newton step:
 * another reason for a learning rate well below 1. Weights of rows are not read; there is no score to start from, as only
 * differences matter.
 *
 * Rows in no pair have gradient and Hessian 0. They move no sum, so they change no gain and no leaf's value; while splits
 * are sought, rows of a bin are counted in proportion to its Hessian, so that they count for nothing in `min_data_in_leaf`,
 * and no leaf can be of them alone while `min_sum_hessian_in_leaf` is above 0. Only `leafCount` of the tree has them.
 *
 * Source: 2411.04991, equation of the Bradley-Terry loss. Proven by finite differences, and against `lambdarank` with pairs
 * for queries, itself proven against LightGBM 4.7.0 (`objectives/bradley-terry.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` unless 0 ≤ label_smoothing < 0.5; `INVALID_DATA` without pairs, and for weights of
 * pairs that are all zero.
 */
export function bradleyTerry(parameters: BradleyTerryParameters, data: ObjectiveData): Objective {
  const { label_smoothing: smoothing } = parameters
  if (!(smoothing >= 0 && smoothing < 0.5)) {
    refuseParameter(`label_smoothing is ${smoothing}; expected a number of at least 0 and below 0.5`)
  }
  const { chosen, rejected, weight, preference } = pairsOf(data, 'bradley_terry')
  const { rows } = data.features
  const targets = smoothed(preference, chosen.length, smoothing)
  const exp = exponential()
  // Gradient and Hessian of a row side by side: a row may be in many pairs, whose sum is rounded once.
  const sums = new Float64Array(2 * rows)
  return oneScore('bradley_terry', {
    computeGradients(scores, gradients, hessians) {
      sums.fill(0)
      for (let i = 0; i < chosen.length; i++) {
        const c = chosen[i]!
        const r = rejected[i]!
        const w = weight === undefined ? 1 : weight[i]!
        const target = targets[i]!
        const margin = scores[c]! - scores[r]!
        // Both probabilities without cancellation: 1 − σ of a large margin is no 0.
        const odds = exp(-Math.abs(margin))
        const likely = 1 / (1 + odds)
        const unlikely = odds * likely
        const win = margin >= 0 ? likely : unlikely
        const loss = margin >= 0 ? unlikely : likely
        const gradient = ((1 - target) * win - target * loss) * w
        const hessian = likely * unlikely * w
        sums[2 * c]! += gradient
        sums[2 * c + 1]! += hessian
        sums[2 * r]! -= gradient
        sums[2 * r + 1]! += hessian
      }
      for (let row = 0; row < rows; row++) {
        gradients[row] = sums[2 * row]!
        hessians[row] = sums[2 * row + 1]!
      }
    },
    boostFromScore: () => 0,
  })
}
