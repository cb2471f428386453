import type { CheckedData } from '../data/checked-data'
import type { Matrix } from '../data/matrix'
import { addTreeToScores } from '../model/add-tree'
import type { BoostedTrees } from '../model/boosted-trees'
import type { Tree } from '../model/tree'

/** Raw scores of a data set's rows, class by class. */
export interface Scores {
  readonly matrix: Matrix
  /** `[trees of an iteration × rows]`. */
  readonly values: Float64Array
  /** True where they begin with given scores, not with 0. */
  readonly given: boolean
}

/** The rows' scores for tree `k` of an iteration: a view. */
export const scoresOf = ({ values, matrix: { rows } }: Scores, k: number): Float64Array =>
  values.subarray(k * rows, (k + 1) * rows)

/** Adds a number to every row's score for tree `k`. */
export function addConstant(scores: Scores, k: number, value: number): void {
  const view = scoresOf(scores, k)
  for (let row = 0; row < view.length; row++) view[row]! += value
}

/** Adds a tree's values to the scores of all rows, or of some. */
export function addTree(scores: Scores, k: number, tree: Tree, rows?: Int32Array): void {
  addTreeToScores(tree, scores.matrix, scoresOf(scores, k), rows)
}

/**
 * Scores that boosting begins with: 0, those given with the data, or what a model predicts.
 * @param room `[trees of an iteration × rows]` zeros, where they are to be.
 */
export function beginScores(
  data: CheckedData,
  trees: number,
  continueFrom: BoostedTrees | undefined,
  room: Float64Array = new Float64Array(trees * data.features.rows),
): Scores {
  const { features: matrix, initScore } = data
  if (continueFrom === undefined) {
    if (initScore) room.set(initScore)
    return { matrix, values: room, given: initScore !== undefined }
  }
  const scores = { matrix, values: room, given: true }
  continueFrom.trees.forEach((tree, i) => {
    addTree(scores, i % trees, tree)
  })
  return scores
}
