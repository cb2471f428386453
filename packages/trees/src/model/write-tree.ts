import { formatGeneral } from './format-number'
import type { LinearLeaves, Tree } from './tree'

const exact = (values: ArrayLike<number>): string => Array.from(values, (x) => formatGeneral(x, 17)).join(' ')
/** As LightGBM writes what predictions do not need. */
const short = (values: ArrayLike<number>): string => Array.from(values, (x) => formatGeneral(x, 6)).join(' ')
const integers = (values: Int32Array | Uint8Array | Uint32Array): string => values.join(' ')

/** Each leaf's terms end in a space, where it has any, and one more. */
function termsByLeaf({ boundaries }: LinearLeaves, write: (from: number, end: number) => string): string {
  let text = ''
  for (let leaf = 0; leaf + 1 < boundaries.length; leaf++) {
    const terms = write(boundaries[leaf]!, boundaries[leaf + 1]!)
    text += terms === '' ? ' ' : `${terms}  `
  }
  return text
}

function linearFields(linear: LinearLeaves): [string, string][] {
  const { constants, boundaries, features, coefficients } = linear
  return [
    ['leaf_const', exact(constants)],
    ['num_features', integers(Int32Array.from(constants, (_, i) => boundaries[i + 1]! - boundaries[i]!))],
    ['leaf_features', termsByLeaf(linear, (from, end) => integers(features.subarray(from, end)))],
    ['leaf_coeff', termsByLeaf(linear, (from, end) => exact(coefficients.subarray(from, end)))],
  ]
}

function categoryFields({ catBoundaries, catThreshold }: Tree): [string, string][] {
  if (catBoundaries.length <= 1) return []
  return [
    ['cat_boundaries', integers(catBoundaries)],
    ['cat_threshold', integers(catThreshold)],
  ]
}

/** Lines of one tree, the blank ones behind it included. */
export function writeTree(tree: Tree, index: number): string {
  const fields: [string, string | number][] = [
    ['Tree', index],
    ['num_leaves', tree.numLeaves],
    ['num_cat', Math.max(tree.catBoundaries.length - 1, 0)],
    ['split_feature', integers(tree.splitFeature)],
    ['split_gain', short(tree.splitGain)],
    ['threshold', exact(tree.threshold)],
    ['decision_type', integers(tree.decisionType)],
    ['left_child', integers(tree.leftChild)],
    ['right_child', integers(tree.rightChild)],
    ['leaf_value', exact(tree.leafValue)],
    ['leaf_weight', exact(tree.leafWeight)],
    ['leaf_count', integers(tree.leafCount)],
    ['internal_value', short(tree.internalValue)],
    ['internal_weight', short(tree.internalWeight)],
    ['internal_count', integers(tree.internalCount)],
    ...categoryFields(tree),
    ['is_linear', tree.linear === undefined ? 0 : 1],
    ...(tree.linear === undefined ? [] : linearFields(tree.linear)),
    ['shrinkage', formatGeneral(tree.shrinkage, 6)],
  ]
  return `${fields.map(([key, value]) => `${key}=${value}\n`).join('')}\n\n`
}
