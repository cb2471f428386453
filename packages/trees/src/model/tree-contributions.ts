import type { Matrix } from '../data/matrix'
import { TreesError } from '../trees-error'
import { goesLeft } from './leaf-of-row'
import type { Tree } from './tree'
import { treeDepth } from './tree-depth'

const deepest = 2000

/**
 * Features on the way from the root to a node, one entry each, and what shares of all subsets of them lead here. Each
 * level of the tree has a path of its own behind that of the level above: the one of `n` entries begins at n (n − 1) / 2.
 */
interface Paths {
  readonly feature: Int32Array
  /** Share of the training rows that goes this way where the feature is not known. */
  readonly zero: Float64Array
  /** 1 where the row itself goes this way, else 0. */
  readonly one: Float64Array
  /** Weight of the permutations with as many known features as the entry's place. */
  readonly weight: Float64Array
}

function newPaths(depth: number): Paths {
  const size = ((depth + 2) * (depth + 3)) / 2
  return {
    feature: new Int32Array(size),
    zero: new Float64Array(size),
    one: new Float64Array(size),
    weight: new Float64Array(size),
  }
}

function copyPath({ feature, zero, one, weight }: Paths, from: number, to: number, length: number): void {
  for (let i = 0; i < length; i++) {
    feature[to + i] = feature[from + i]!
    zero[to + i] = zero[from + i]!
    one[to + i] = one[from + i]!
    weight[to + i] = weight[from + i]!
  }
}

/** Adds an entry to the path of `length` entries at `at`. */
function extend(
  { feature, zero, one, weight }: Paths,
  at: number,
  length: number,
  zeroShare: number,
  oneShare: number,
  column: number,
) {
  feature[at + length] = column
  zero[at + length] = zeroShare
  one[at + length] = oneShare
  weight[at + length] = length === 0 ? 1 : 0
  for (let i = length - 1; i >= 0; i--) {
    weight[at + i + 1]! += (oneShare * weight[at + i]! * (i + 1)) / (length + 1)
    weight[at + i] = (zeroShare * weight[at + i]! * (length - i)) / (length + 1)
  }
}

/** Takes entry `index` out of the path at `at`, whose last entry is `last`. */
function unwind({ feature, zero, one, weight }: Paths, at: number, last: number, index: number): void {
  const oneShare = one[at + index]!
  const zeroShare = zero[at + index]!
  let next = weight[at + last]!
  for (let i = last - 1; i >= 0; i--) {
    const before = weight[at + i]!
    if (oneShare !== 0) {
      weight[at + i] = (next * (last + 1)) / ((i + 1) * oneShare)
      next = before - (weight[at + i]! * zeroShare * (last - i)) / (last + 1)
    } else {
      weight[at + i] = (before * (last + 1)) / (zeroShare * (last - i))
    }
  }
  for (let i = index; i < last; i++) {
    feature[at + i] = feature[at + i + 1]!
    zero[at + i] = zero[at + i + 1]!
    one[at + i] = one[at + i + 1]!
  }
}

/** Sum of the weights of the path without entry `index`. */
function unwoundSum({ zero, one, weight }: Paths, at: number, last: number, index: number): number {
  const oneShare = one[at + index]!
  const zeroShare = zero[at + index]!
  let next = weight[at + last]!
  let total = 0
  for (let i = last - 1; i >= 0; i--) {
    if (oneShare !== 0) {
      const share = (next * (last + 1)) / ((i + 1) * oneShare)
      total += share
      next = weight[at + i]! - share * zeroShare * ((last - i) / (last + 1))
    } else {
      total += weight[at + i]! / zeroShare / ((last - i) / (last + 1))
    }
  }
  return total
}

/** One row on its way: where it stands, and where its contributions go. */
interface Walk {
  readonly tree: Tree
  readonly paths: Paths
  readonly data: Matrix['data']
  offset: number
  readonly into: Float64Array
  at: number
}

const countOf = ({ internalCount, leafCount }: Tree, child: number): number =>
  child >= 0 ? internalCount[child]! : leafCount[~child]!

/** Place of a column in the path at `at` with entries 0 to `last`, or −1. */
function placeOf(feature: Int32Array, at: number, last: number, column: number): number {
  for (let i = 0; i <= last; i++) if (feature[at + i] === column) return i
  return -1
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
  const walk: Walk = { tree, paths: newPaths(depth), data: matrix.data, offset: 0, into, at: 0 }
  for (let row = 0; row < matrix.rows; row++) {
    walk.offset = row * matrix.columns
    walk.at = row * stride
    into[walk.at + matrix.columns]! += expected
    if (tree.numLeaves > 1) descend(walk, 0, 0, 0, 1, 1, -1)
  }
}
