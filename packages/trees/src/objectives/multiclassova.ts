import { formatGeneral } from '../model/format-number'
import { type BinaryParameters, binaryLoss, positivesOf } from './binary'
import { classLabels } from './checks'
import { classesOf, type MulticlassParameters } from './multiclass'
import type { Objective, ObjectiveData } from './objective'

/** Parameters that {@link multiclassova} reads. */
export type MulticlassovaParameters = MulticlassParameters & BinaryParameters

/**
 * One against all: for each class the loss of `binary`, of its rows against all others. A class that no row has, or all
 * have, is not trained: its trees are constants.
 *
 * Source: LightGBM, `MulticlassOVA`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for num_class below 2; `INVALID_DATA` for labels other than whole numbers from 0 to
 * num_class − 1 (LightGBM cuts fractions off), and weights that are negative, not finite or all zero.
 */
export function multiclassova(parameters: MulticlassovaParameters, data: ObjectiveData): Objective {
  const classes = classesOf(parameters, 'multiclassova')
  const checked = classLabels(data, 'multiclassova', classes)
  const { length: rows } = checked.label
  const losses = Array.from({ length: classes }, (_, k) =>
    binaryLoss(
      positivesOf(checked, (label) => label === k),
      checked.weight,
      parameters,
    ),
  )
  return {
    description: `multiclassova num_class:${classes} sigmoid:${formatGeneral(parameters.sigmoid, 6)}`,
    treesPerIteration: classes,
    numClass: classes,
    computeGradients(scores, gradients, hessians) {
      for (let k = 0; k < classes; k++) {
        if (losses[k]!.needsTraining) {
          losses[k]!.computeGradients(scores, gradients, hessians, k * rows)
          continue
        }
        // GOSS sums over all classes.
        gradients.fill(0, k * rows, (k + 1) * rows)
        hessians.fill(0, k * rows, (k + 1) * rows)
      }
    },
    boostFromScore: (tree) => losses[tree]!.boostFromScore,
    needsTraining: (tree) => losses[tree]!.needsTraining,
  }
}
