import type { Matrix } from '../data/matrix'
import { decisions, missingOf } from './decision-type'
import { leafOfRow } from './leaf-of-row'
import { leafOutput } from './leaf-output'
import type { Tree } from './tree'

type Add = (
  tree: Tree,
  matrix: Matrix,
  scores: Float64Array,
  rows: Int32Array | undefined,
  factor: number,
) => void

/** True where nodes are numerical and a comparison decides, but for NaN: no categories, no missing zeros. */
const comparesOnly = (tree: Tree): boolean =>
  tree.decisionType.every(
    (type) => (type & decisions.categorical) === 0 && missingOf(type) !== decisions.missingZero,
  )

const addAnyTree: Add = (tree, { data, columns, rows: all }, scores, rows, factor) => {
  const count = rows === undefined ? all : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    const offset = row * columns
    scores[row]! += factor * leafOutput(tree, leafOfRow(tree, data, offset), data, offset)
  }
}

const addComparingTree: Add = (tree, matrix, scores, rows, factor) => {
  const { data, columns } = matrix
  const { splitFeature, threshold, leftChild, rightChild, leafValue } = tree
  const count = rows === undefined ? matrix.rows : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    const offset = row * columns
    let node = 0
    while (node >= 0) {
      const value = data[offset + splitFeature[node]!]!
      if (value <= threshold[node]!) node = leftChild[node]!
      else if (!Number.isNaN(value)) node = rightChild[node]!
      else node = ~leafOfRow(tree, data, offset)
    }
    scores[row]! += factor * leafValue[~node]!
  }
}

/**
 * Adds what one tree says of rows to their scores: `scores[r] += factor × tree(r)`, for every row, or for those of `rows`.
 *
 * @param scores `[rows]` of one class; a view where there are several.
 * @param rows row numbers; each one's score is at its number.
 */
export function addTreeToScores(
  tree: Tree,
  matrix: Matrix,
  scores: Float64Array,
  rows?: Int32Array,
  factor = 1,
): void {
  const add =
    tree.numLeaves > 1 && tree.linear === undefined && comparesOnly(tree) ? addComparingTree : addAnyTree
  add(tree, matrix, scores, rows, factor)
}
