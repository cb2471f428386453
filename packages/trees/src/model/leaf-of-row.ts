import { ZERO_THRESHOLD } from '../zero-threshold'
import { decisions, missingOf } from './decision-type'
import type { Tree } from './tree'

/** True where a row's category, cut to an integer as C does, is in set `set` of a tree. */
export function inCategories(
  tree: Pick<Tree, 'catBoundaries' | 'catThreshold'>,
  set: number,
  value: number,
): boolean {
  // Also false for NaN. What does not fit 32 bits is in no set.
  if (!(value > -1 && value < 2147483648)) return false
  const category = value | 0
  const word = tree.catBoundaries[set]! + (category >> 5)
  return word < tree.catBoundaries[set + 1]! && ((tree.catThreshold[word]! >>> (category & 31)) & 1) === 1
}

/** LightGBM's decision at a numerical node, which takes what lies within ± 1e-35 for 0. */
function numericalLeft(value: number, threshold: number, decisionType: number): boolean {
  const missing = missingOf(decisionType)
  const isNaN = Number.isNaN(value)
  const isZero = value >= -ZERO_THRESHOLD && value <= ZERO_THRESHOLD
  const isMissing = isNaN ? missing !== decisions.missingNone : isZero && missing === decisions.missingZero
  if (isMissing) return (decisionType & decisions.defaultLeft) !== 0
  return (isNaN || isZero ? 0 : value) <= threshold
}

/** True where a value goes left at a node. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  const type = tree.decisionType[node]!
  return (type & decisions.categorical) === 0
    ? numericalLeft(value, tree.threshold[node]!, type)
    : inCategories(tree, tree.threshold[node]!, value)
}

/** Leaf that the row at `data[offset]` falls into. */
export function leafOfRow(tree: Tree, data: ArrayLike<number>, offset: number): number {
  const { splitFeature, threshold, decisionType, leftChild, rightChild } = tree
  let node = tree.numLeaves === 1 ? -1 : 0
  while (node >= 0) {
    const value = data[offset + splitFeature[node]!]!
    // Most values are neither zero nor missing, and need no second look.
    const isPlain =
      (value > ZERO_THRESHOLD || value < -ZERO_THRESHOLD) &&
      (decisionType[node]! & decisions.categorical) === 0
    const left = isPlain ? value <= threshold[node]! : goesLeft(tree, node, value)
    node = left ? leftChild[node]! : rightChild[node]!
  }
  return ~node
}
