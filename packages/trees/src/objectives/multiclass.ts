import { EPSILON } from '../epsilon'
import { classLabels, type Labelled, refuseParameter } from './checks'
import { exponential } from './exponential'
import type { Objective, ObjectiveData } from './objective'

/** Parameters that {@link multiclass} reads. */
export interface MulticlassParameters {
  readonly num_class: number
}

/** The number of classes, refused below 2. */
export function classesOf({ num_class }: MulticlassParameters, user: string): number {
  if (!(Number.isInteger(num_class) && num_class > 1)) {
    refuseParameter(`num_class is ${num_class}; ${user} expects the number of classes, at least 2`)
  }
  return num_class
}

/** Share of each class. */
function sharesOf({ label, weight }: Labelled, classes: number): Float64Array {
  const shares = new Float64Array(classes)
  let sum = 0
  for (let i = 0; i < label.length; i++) {
    const w = weight === undefined ? 1 : weight[i]!
    shares[label[i]!]! += w
    sum += w
  }
  return shares.map((share) => share / sum)
}

function softmaxGradients({ label, weight }: Labelled, classes: number): Objective['computeGradients'] {
  const rows = label.length
  const factor = classes / (classes - 1)
  const p = new Float64Array(classes)
  const exp = exponential()
  return (scores, gradients, hessians) => {
    for (let i = 0; i < rows; i++) {
      const w = weight === undefined ? 1 : weight[i]!
      let most = scores[i]!
      for (let k = 1; k < classes; k++) most = Math.max(most, scores[k * rows + i]!)
      let sum = 0
      for (let k = 0; k < classes; k++) {
        p[k] = exp(scores[k * rows + i]! - most)
        sum += p[k]!
      }
      for (let k = 0; k < classes; k++) {
        const q = p[k]! / sum
        gradients[k * rows + i] = (label[i] === k ? q - 1 : q) * w
        hessians[k * rows + i] = factor * q * (1 - q) * w
      }
    }
  }
}

/**
 * Softmax loss −log p_y of p = softmax(s): g_k = p_k − [y = k], h_k = K / (K − 1)·p_k·(1 − p_k), times weights. A class
 * that no row has, or all have, is not trained: its trees are constants.
 *
 * Source: LightGBM, `MulticlassSoftmax`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for num_class below 2; `INVALID_DATA` for labels other than whole numbers from 0 to
 * num_class − 1 (LightGBM cuts fractions off), and weights that are negative, not finite or all zero.
 */
export function multiclass(parameters: MulticlassParameters, data: ObjectiveData): Objective {
  const classes = classesOf(parameters, 'multiclass')
  const checked = classLabels(data, 'multiclass', classes)
  const shares = sharesOf(checked, classes)
  return {
    description: `multiclass num_class:${classes}`,
    treesPerIteration: classes,
    numClass: classes,
    computeGradients: softmaxGradients(checked, classes),
    boostFromScore: (tree) => Math.log(Math.max(EPSILON, shares[tree]!)),
    needsTraining: (tree) => shares[tree]! > EPSILON && shares[tree]! < 1 - EPSILON,
  }
}
