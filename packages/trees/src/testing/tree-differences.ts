import type { BoostedTrees } from '../model/boosted-trees'
import type { Tree } from '../model/tree'

/** What two trees must have alike to the last bit. */
const exact = [
  'numLeaves',
  'splitFeature',
  'threshold',
  'decisionType',
  'leftChild',
  'rightChild',
  'leafCount',
  'internalCount',
  'catBoundaries',
  'catThreshold',
] as const

/** What sums of floats in another order may differ in. */
const close = ['leafValue', 'leafWeight', 'internalValue', 'internalWeight', 'splitGain'] as const

const list = (value: number | ArrayLike<number>) => (typeof value === 'number' ? [value] : Array.from(value))

const relative = (a: number, b: number, scale: number) => Math.abs(a - b) / Math.max(Math.abs(b), scale)

function treeDifference(own: Tree, other: Tree, tolerance: number): string | undefined {
  for (const name of exact) {
    const [a, b] = [list(own[name]), list(other[name])]
    if (a.length !== b.length || a.some((value, i) => !Object.is(value, b[i])))
      return `${name} ${a} is not ${b}`
  }
  const scale = Math.max(1e-3, ...list(other.leafValue).map(Math.abs))
  for (const name of close) {
    // LightGBM writes no weight of a tree that has no split.
    if (name === 'leafWeight' && other.numLeaves === 1) continue
    const [a, b] = [list(own[name]), list(other[name])]
    // LightGBM writes weights and gains with 6 digits.
    const allowed = name === 'leafValue' ? tolerance : Math.max(tolerance, 2e-5)
    const i = a.findIndex((value, at) => !(relative(value, b[at]!, scale) <= allowed))
    if (i >= 0) return `${name}[${i}] ${a[i]} is not ${b[i]} within ${allowed}`
  }
  if (relative(own.shrinkage, other.shrinkage, 1e-3) <= 1e-5) return undefined
  return `shrinkage ${own.shrinkage} is not ${other.shrinkage}`
}

/** Where two models' trees differ: splits bit for bit, leaf values by more than a relative tolerance. */
export function treeDifferences(own: BoostedTrees, other: BoostedTrees, tolerance: number): string[] {
  const differences = other.trees.flatMap((tree, i) => {
    const mine = own.trees[i]
    const difference = mine ? treeDifference(mine, tree, tolerance) : 'is missing'
    return difference === undefined ? [] : [`tree ${i}: ${difference}`]
  })
  if (own.trees.length > other.trees.length)
    differences.push(`${own.trees.length} trees, not ${other.trees.length}`)
  return differences
}
