import type { Matrix } from '../data/matrix'
import { TreesError } from '../trees-error'
import { goesLeft } from './leaf-of-row'
import { copyPath, countOf, extend, newPaths, type Paths, placeOf, unwind, unwoundSum } from './shap-paths'
import { addTabledContributions } from './tabled-contributions'
import type { Tree } from './tree'
import { treeDepth } from './tree-depth'

const deepest = 2000

/** One row on its way: where it stands, and where its contributions go. */
interface Walk {
  readonly tree: Tree
  readonly paths: Paths
  readonly data: Matrix['data']
  offset: number
  readonly into: Float64Array
  at: number
}

function addLeaf({ tree, paths, into, at: base }: Walk, leaf: number, at: number, last: number): void {
  const value = tree.leafValue[leaf]!
  for (let i = 1; i <= last; i++) {
    const weight = unwoundSum(paths, at, last, i)
    into[base + paths.feature[at + i]!]! += weight * (paths.one[at + i]! - paths.zero[at + i]!) * value
  }
}

/** Goes down from `node`; the path above it has `length` entries at `above`. */
function descend(
  walk: Walk,
  node: number,
  above: number,
  length: number,
  zeroShare: number,
  oneShare: number,
  column: number,
): void {
  const { tree, paths } = walk
  const at = above + length
  copyPath(paths, above, at, length)
  extend(paths, at, length, zeroShare, oneShare, column)
  if (node < 0) {
    addLeaf(walk, ~node, at, length)
    return
  }
  const split = tree.splitFeature[node]!
  const left = tree.leftChild[node]!
  const right = tree.rightChild[node]!
  const isLeft = goesLeft(tree, node, walk.data[walk.offset + split]!)
  const hot = isLeft ? left : right
  const cold = isLeft ? right : left
  const count = countOf(tree, node)
  let [zero, one, last] = [1, 1, length]
  const place = placeOf(paths.feature, at, last, split)
  if (place >= 0) {
    zero = paths.zero[at + place]!
    one = paths.one[at + place]!
    unwind(paths, at, last, place)
    last -= 1
  }
  descend(walk, hot, at, last + 1, (countOf(tree, hot) / count) * zero, one, split)
  descend(walk, cold, at, last + 1, (countOf(tree, cold) / count) * zero, 0, split)
}

/** Mean of the leaves over the training rows. */
function expectedValue({ numLeaves, leafValue, leafCount, internalCount }: Tree): number {
  if (numLeaves === 1) return leafValue[0]!
  const total = internalCount[0]!
  let sum = 0
  for (let leaf = 0; leaf < numLeaves; leaf++) sum += (leafCount[leaf]! / total) * leafValue[leaf]!
  return sum
}

/**
 * Adds one tree's SHAP values, by the counts of its training rows: those of row `r` to `into` from `r × stride` on, one
 * for each column, and the tree's expected value behind them.
 */
export function treeContributions(tree: Tree, matrix: Matrix, into: Float64Array, stride: number): void {
  if (tree.linear !== undefined) {
    throw new TreesError(
      'UNSUPPORTED',
      'contributions of linear trees are not defined; expected a model without linear_tree',
    )
  }
  const depth = treeDepth(tree)
  if (depth > deepest) {
    const message = `contributions of a tree ${depth} levels deep; expected at most ${deepest}: their cost grows with the square of it`
    throw new TreesError('UNSUPPORTED', message)
  }
  const expected = expectedValue(tree)
  for (let row = 0; row < matrix.rows; row++) into[row * stride + matrix.columns]! += expected
  if (tree.numLeaves === 1 || addTabledContributions(tree, depth, matrix, into, stride)) return
  const walk: Walk = { tree, paths: newPaths(depth), data: matrix.data, offset: 0, into, at: 0 }
  for (let row = 0; row < matrix.rows; row++) {
    walk.offset = row * matrix.columns
    walk.at = row * stride
    descend(walk, 0, 0, 0, 1, 1, -1)
  }
}
