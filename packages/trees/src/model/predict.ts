import { checkFeatures } from '../data/check-features'
import type { Matrix } from '../data/matrix'
import { shown } from '../data/shown'
import type { Features } from '../data/training-data'
import { checkOptions } from '../parameters/check-options'
import { TreesError } from '../trees-error'
import { allocate } from './allocate'
import type { BoostedTrees } from './boosted-trees'
import { checkModel } from './check-model'
import { type IterationOptions, iterationRange } from './iteration-range'
import { leafOfRow } from './leaf-of-row'
import { outputTransform } from './output-transforms'
import { addRawScores } from './raw-scores'
import type { Tree } from './tree'
import { treeContributions } from './tree-contributions'

/** What {@link predict} gives for each row. */
export type PredictionType = 'response' | 'raw' | 'leaf' | 'contributions'

/** What is predicted, and by which iterations. */
export interface PredictOptions extends IterationOptions {
  /**
   * `response`: probabilities, counts and the like, as the objective has them; `raw`: scores before that; `leaf`: the
   * leaf of each tree; `contributions`: SHAP values. Default: `response`.
   */
  readonly type?: PredictionType | undefined
}

/** What is predicted with: some of a model's trees, for rows that fit it. */
interface Prediction {
  readonly model: BoostedTrees
  readonly trees: readonly Tree[]
  readonly matrix: Matrix
}

function rawScores({ model, trees, matrix }: Prediction): Float64Array {
  const scores = allocate(matrix.rows * model.numTreePerIteration, (n) => new Float64Array(n), 'scores')
  addRawScores(trees, model.numTreePerIteration, matrix, scores)
  return scores
}

function responses(prediction: Prediction): Float64Array {
  const { model, trees, matrix } = prediction
  const classes = model.numTreePerIteration
  const transform = outputTransform(model.objective)
  const scores = rawScores(prediction)
  if (model.averageOutput) {
    const iterations = trees.length / classes
    for (let i = 0; i < scores.length; i++) scores[i]! /= iterations
  }
  if (transform === undefined) return scores
  for (let row = 0; row < matrix.rows; row++) transform(scores, row * classes, 1)
  return scores
}

function leaves({ trees, matrix }: Prediction): Int32Array {
  const leaf = allocate(matrix.rows * trees.length, (n) => new Int32Array(n), 'leaves')
  trees.forEach((tree, t) => {
    for (let row = 0; row < matrix.rows; row++) {
      leaf[row * trees.length + t] = leafOfRow(tree, matrix.data, row * matrix.columns)
    }
  })
  return leaf
}

function contributions({ model, trees, matrix }: Prediction): Float64Array {
  const classes = model.numTreePerIteration
  const width = matrix.columns + 1
  const values = allocate(matrix.rows * classes * width, (n) => new Float64Array(n), 'contributions')
  trees.forEach((tree, t) => {
    treeContributions(tree, matrix, values.subarray((t % classes) * width), classes * width)
  })
  return values
}

const optionNames: readonly (keyof PredictOptions)[] = ['type', 'startIteration', 'numIteration']

const predictions: Readonly<Record<PredictionType, (prediction: Prediction) => Float64Array | Int32Array>> = {
  response: responses,
  raw: rawScores,
  leaf: leaves,
  contributions,
}

function checkWidth(model: BoostedTrees, matrix: Matrix): void {
  const columns = model.maxFeatureIdx + 1
  if (matrix.columns === columns) return
  const message = `features has ${matrix.columns} columns; expected ${columns}, as many as the model was trained on`
  throw new TreesError('DIMENSION_MISMATCH', message)
}

/**
 * Predicts rows. NaN and, where the model was trained so, zeros are missing values; a category that is negative or was
 * not seen in training goes the way of the rest; fractions of categories are cut off. What lies within ± 1e-35 is zero.
 *
 * @param features rows of as many columns as the model was trained on.
 * @returns row by row, of `K` classes (1 unless multiclass):
 * - `response` and `raw`: `[rows × K]`. The raw score of a random forest is the sum of its trees, its response their
 *   mean, which is NaN of no trees (`startIteration` past the last), as in LightGBM;
 * - `leaf`: `[rows × trees]` leaves from 0, trees in the order of the model: class by class of each iteration;
 * - `contributions`: `[rows × K × (columns + 1)]`: what each column adds to the raw score and, last, the expected score;
 *   they sum to the raw score.
 * @throws TreesError `INVALID_MODEL` for what is no model; `INVALID_DATA` for what is no number and no rows;
 * `DIMENSION_MISMATCH` for rows of several widths or another width than the model's; `INVALID_PARAMETER` for a type or
 * option there is not and iterations out of range; `UNSUPPORTED` for contributions of linear trees and of trees over 2,000
 * levels deep; `OUT_OF_MEMORY` where the result does not fit.
 *
 * Source: LightGBM, `Booster.predict`; contributions: Lundberg, Erion, Lee, “Consistent Individualized Feature
 * Attribution for Tree Ensembles” (1802.03888), algorithm 2. Proven against LightGBM 4.7.0 (`goldens.test.ts`).
 */
export function predict(
  model: BoostedTrees,
  features: Features,
  options?: PredictOptions & { readonly type?: Exclude<PredictionType, 'leaf'> | undefined },
): Float64Array
export function predict(
  model: BoostedTrees,
  features: Features,
  options: PredictOptions & { readonly type: 'leaf' },
): Int32Array
export function predict(
  model: BoostedTrees,
  features: Features,
  options?: PredictOptions,
): Float64Array | Int32Array
export function predict(
  model: BoostedTrees,
  features: Features,
  options: PredictOptions = {},
): Float64Array | Int32Array {
  checkOptions(['option', 'options'], options, optionNames, "{ type: 'leaf' }")
  const { type = 'response' } = options
  if (!Object.hasOwn(predictions, type)) {
    const known = Object.keys(predictions).join(', ')
    throw new TreesError('INVALID_PARAMETER', `type is ${shown(type)}; expected one of ${known}`)
  }
  checkModel('model', model)
  const matrix = checkFeatures('features', features)
  checkWidth(model, matrix)
  const { first, end } = iterationRange(model, options)
  const trees = model.trees.slice(first * model.numTreePerIteration, end * model.numTreePerIteration)
  return predictions[type]({ model, trees, matrix })
}
