import type { Matrix } from '../data/matrix'
import { decideNode, kinds } from './decide-node'
import { leafOfRow } from './leaf-of-row'
import { leafOutput } from './leaf-output'
import type { Tree } from './tree'

/** Kinds and thresholds of a tree's nodes, where a comparison decides each of them; undefined where one needs more. */
function comparisonsOf(tree: Tree): { kind: Uint8Array; threshold: Float64Array } | undefined {
  const kind = new Uint8Array(tree.numLeaves - 1)
  const threshold = new Float64Array(tree.numLeaves - 1)
  for (let node = 0; node < kind.length; node++) {
    const decided = decideNode(tree.threshold[node]!, tree.decisionType[node]!)
    if (decided.kind > kinds.nanLeft) return undefined
    kind[node] = decided.kind
    threshold[node] = decided.threshold
  }
  return { kind, threshold }
}

function addAnyTree(
  tree: Tree,
  matrix: Matrix,
  scores: Float64Array,
  rows: Int32Array | undefined,
  factor: number,
) {
  const { data, columns } = matrix
  const count = rows === undefined ? matrix.rows : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    const offset = row * columns
    scores[row]! += factor * leafOutput(tree, leafOfRow(tree, data, offset), data, offset)
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
  const comparisons = tree.linear === undefined && tree.numLeaves > 1 ? comparisonsOf(tree) : undefined
  if (comparisons === undefined) {
    addAnyTree(tree, matrix, scores, rows, factor)
    return
  }
  const { kind, threshold } = comparisons
  const { data, columns } = matrix
  const { splitFeature, leftChild, rightChild, leafValue } = tree
  const count = rows === undefined ? matrix.rows : rows.length
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    const offset = row * columns
    let node = 0
    while (node >= 0) {
      const value = data[offset + splitFeature[node]!]!
      const left = value <= threshold[node]! || (Number.isNaN(value) && kind[node] === kinds.nanLeft)
      node = left ? leftChild[node]! : rightChild[node]!
    }
    scores[row]! += factor * leafValue[~node]!
  }
}
