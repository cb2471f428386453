import { checkTreeStructure } from './check-tree-structure'
import { decisions } from './decision-type'
import { invalidModel } from './model-error'
import { required } from './model-lines'
import { type Field, readInteger, readIntegers, readNumber, readNumbers } from './read-numbers'
import type { LinearLeaves, Tree } from './tree'

const largest = 2 ** 31 - 1

/** Fields of one tree, in the order they are written. */
export const treeFields: ReadonlySet<string> = new Set([
  'num_leaves',
  'num_cat',
  'split_feature',
  'split_gain',
  'threshold',
  'decision_type',
  'left_child',
  'right_child',
  'leaf_value',
  'leaf_weight',
  'leaf_count',
  'internal_value',
  'internal_weight',
  'internal_count',
  'cat_boundaries',
  'cat_threshold',
  'is_linear',
  'leaf_const',
  'num_features',
  'leaf_features',
  'leaf_coeff',
  'shrinkage',
])

const int32 = (count: number) => new Int32Array(count)
const uint32 = (count: number) => new Uint32Array(count)
const uint8 = (count: number) => new Uint8Array(count)
const float32 = (count: number) => new Float32Array(count)
const float64 = (count: number) => new Float64Array(count)

type Fields = ReadonlyMap<string, Field>
type Need = (key: string) => Field

/** How many numbers are asked for, and why so many. */
type Size = readonly [count: number, why: string]

function readNodes(need: Need, numLeaves: number, maxFeatureIdx: number) {
  const nodes = numLeaves - 1
  const why = `num_leaves ${numLeaves} − 1`
  const integers = (key: string, low: number, high: number) =>
    readIntegers(need(key), int32, nodes, [low, high], why)
  return {
    splitFeature: integers('split_feature', 0, maxFeatureIdx),
    splitGain: readNumbers(need('split_gain'), float32, nodes, why),
    threshold: readNumbers(need('threshold'), float64, nodes, why),
    decisionType: readIntegers(need('decision_type'), uint8, nodes, [0, decisions.largest], why),
    leftChild: integers('left_child', -numLeaves, nodes - 1),
    rightChild: integers('right_child', -numLeaves, nodes - 1),
    internalValue: readNumbers(need('internal_value'), float64, nodes, why),
    internalWeight: readNumbers(need('internal_weight'), float64, nodes, why),
    internalCount: integers('internal_count', 0, largest),
  }
}

function readLeaves(need: Need, numLeaves: number) {
  const why = `num_leaves ${numLeaves}`
  // LightGBM leaves these empty in trees of one leaf.
  const sizeOf = (field: Field): Size => [numLeaves === 1 && field.text === '' ? 0 : numLeaves, why]
  const weight = need('leaf_weight')
  const count = need('leaf_count')
  const [counts] = sizeOf(count)
  return {
    leafValue: readNumbers(need('leaf_value'), float64, numLeaves, why),
    leafWeight: readNumbers(weight, float64, ...sizeOf(weight)),
    leafCount: readIntegers(count, int32, counts, [0, largest], why),
  }
}

function readCategories(need: Need, numCat: number): Pick<Tree, 'catBoundaries' | 'catThreshold'> {
  if (numCat === 0) return { catBoundaries: new Int32Array(0), catThreshold: new Uint32Array(0) }
  const field = need('cat_boundaries')
  const catBoundaries = readIntegers(field, int32, numCat + 1, [0, largest], `num_cat ${numCat} + 1`)
  checkBoundaries(catBoundaries, field)
  const words = catBoundaries[numCat]!
  const catThreshold = readIntegers(
    need('cat_threshold'),
    uint32,
    words,
    [0, 2 ** 32 - 1],
    `cat_boundaries end at ${words}`,
  )
  return { catBoundaries, catThreshold }
}

function checkBoundaries(boundaries: Int32Array, { key, line }: Field): void {
  boundaries.forEach((boundary, i) => {
    if (i === 0 ? boundary === 0 : boundary >= boundaries[i - 1]!) return
    const before = i === 0 ? 'begin at 0' : `not fall below ${boundaries[i - 1]}`
    throw invalidModel(line, `${key}[${i}] is ${boundary}; expected it to ${before}`)
  })
}

function checkCategoricalNodes(tree: Tree, numCat: number, { key, line }: Field): void {
  tree.decisionType.forEach((type, node) => {
    if ((type & decisions.categorical) === 0) return
    const set = tree.threshold[node]!
    if (Number.isInteger(set) && set >= 0 && set < numCat) return
    const expected = numCat === 0 ? 'no categorical split, for num_cat is 0' : `a set from 0 to ${numCat - 1}`
    throw invalidModel(line, `${key}[${node}] of a categorical split is ${set}; expected ${expected}`)
  })
}

function readLinear(need: Need, numLeaves: number, maxFeatureIdx: number): LinearLeaves {
  const why = `num_leaves ${numLeaves}`
  const counts = readIntegers(need('num_features'), int32, numLeaves, [0, maxFeatureIdx + 1], why)
  const boundaries = new Int32Array(numLeaves + 1)
  counts.forEach((count, leaf) => {
    boundaries[leaf + 1] = boundaries[leaf]! + count
  })
  const terms = boundaries[numLeaves]!
  const sum = 'the sum of num_features'
  return {
    constants: readNumbers(need('leaf_const'), float64, numLeaves, why),
    boundaries,
    features: readIntegers(need('leaf_features'), int32, terms, [0, maxFeatureIdx], sum),
    coefficients: readNumbers(need('leaf_coeff'), float64, terms, sum),
  }
}

/** A tree of its fields, checked; `line` is that of `Tree=`. */
export function readTree(fields: Fields, line: number, maxFeatureIdx: number): Tree {
  const need: Need = (key) => required(fields, key, line, 'the tree')
  const optional = (key: string): Field => fields.get(key) ?? { key, text: '0', line }
  const numLeaves = readInteger(need('num_leaves'), 1, largest)
  const numCat = readInteger(need('num_cat'), 0, largest)
  const shrinkage = fields.get('shrinkage')
  const isLinear = readInteger(optional('is_linear'), 0, 1) === 1
  const tree: Tree = {
    numLeaves,
    ...readNodes(need, numLeaves, maxFeatureIdx),
    ...readLeaves(need, numLeaves),
    ...readCategories(need, numCat),
    shrinkage: shrinkage === undefined ? 1 : readNumber(shrinkage),
    ...(isLinear ? { linear: readLinear(need, numLeaves, maxFeatureIdx) } : {}),
  }
  checkCategoricalNodes(tree, numCat, need('threshold'))
  checkTreeStructure(tree, need('left_child'), need('right_child'))
  return tree
}
