import { decisions, missingOf, zeroThreshold } from './decision-type'
import type { Tree } from './tree'
import { treeDepth } from './tree-depth'

/** How a node decides. */
export const kinds = {
  /** `x <= threshold` goes left; NaN goes right. */
  nanRight: 0,
  /** `x > threshold` goes right; NaN goes left. */
  nanLeft: 1,
  /** Zeros and NaN go left, of others those `<= threshold`. */
  zeroLeft: 2,
  /** Zeros and NaN go right, others left when `<= threshold`. */
  zeroRight: 3,
  /** Categories of a set go left. */
  categorical: 4,
} as const

/**
 * Trees without linear leaves in arrays by node, one tree behind the other, with what LightGBM does about zeros and
 * missing values worked into kinds and thresholds. A child ≥ 0 is a node, a negative one the leaf `~child`, both counted
 * over all trees.
 */
export interface PackedTrees {
  /** `[trees]` node a tree begins at, or `~leaf` for a tree of one leaf. */
  readonly roots: Int32Array
  /** `[nodes]` place in {@link columns}. */
  readonly slot: Int32Array
  readonly kind: Uint8Array
  /** `[nodes]`; of a categorical node, its set. */
  readonly threshold: Float64Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly leafValue: Float64Array
  /** Sets of categories of all trees, as a tree has them. */
  readonly catBoundaries: Int32Array
  readonly catThreshold: Uint32Array
  /** Columns that are looked at, ascending. */
  readonly columns: Int32Array
  /** Levels of the deepest tree below its root. */
  readonly depth: number
}

/** The largest number below a finite one. */
const below = (value: number): number => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n))
  return bits.getFloat64(0)
}

const aboveAllZeros = zeroThreshold
const belowAllZeros = below(-zeroThreshold)

/** LightGBM takes what is within ± 1e-35 for 0: a threshold in there parts zeros from what is above or below them. */
function withoutZeros(threshold: number): number {
  if (threshold < -zeroThreshold || threshold > zeroThreshold) return threshold
  return threshold >= 0 ? aboveAllZeros : belowAllZeros
}

/** Kind and threshold of a numerical node. */
function numericalNode(given: number, decisionType: number): { kind: number; threshold: number } {
  const defaultLeft = (decisionType & decisions.defaultLeft) !== 0
  const threshold = withoutZeros(given)
  const zerosLeft = threshold >= aboveAllZeros
  const missing = missingOf(decisionType)
  const missingLeft = missing === decisions.missingNone ? zerosLeft : defaultLeft
  if (missing !== decisions.missingZero || zerosLeft === defaultLeft) {
    return { kind: missingLeft ? kinds.nanLeft : kinds.nanRight, threshold }
  }
  return { kind: defaultLeft ? kinds.zeroLeft : kinds.zeroRight, threshold }
}

function usedColumns(trees: readonly Tree[]): { columns: Int32Array; slotOf: Map<number, number> } {
  const used = new Set<number>()
  for (const tree of trees) for (const column of tree.splitFeature) used.add(column)
  const columns = Int32Array.from(used).sort()
  return { columns, slotOf: new Map(Array.from(columns, (column, slot) => [column, slot])) }
}

/** Packs trees, each of which is plain: see {@link PackedTrees}. */
export function packTrees(trees: readonly Tree[]): PackedTrees {
  const sum = (sizeOf: (tree: Tree) => number) => trees.reduce((total, tree) => total + sizeOf(tree), 0)
  const nodes = sum((tree) => tree.numLeaves - 1)
  const { columns, slotOf } = usedColumns(trees)
  const setsOf = (tree: Tree) => Math.max(tree.catBoundaries.length - 1, 0)
  const packed = {
    roots: new Int32Array(trees.length),
    slot: new Int32Array(nodes),
    kind: new Uint8Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    leafValue: new Float64Array(sum((tree) => tree.numLeaves)),
    catBoundaries: new Int32Array(sum(setsOf) + 1),
    catThreshold: new Uint32Array(sum((tree) => tree.catThreshold.length)),
  }
  let [node, leaf, set, word, depth] = [0, 0, 0, 0, 0]
  trees.forEach((tree, t) => {
    const child = (index: number) => (index >= 0 ? firstNode + index : ~(firstLeaf + ~index))
    const [firstNode, firstLeaf] = [node, leaf]
    packed.roots[t] = child(tree.numLeaves === 1 ? -1 : 0)
    for (let i = 0; i + 1 < tree.numLeaves; i++, node++) {
      const type = tree.decisionType[i]!
      const decided =
        (type & decisions.categorical) === 0
          ? numericalNode(tree.threshold[i]!, type)
          : { kind: kinds.categorical, threshold: set + tree.threshold[i]! }
      packed.slot[node] = slotOf.get(tree.splitFeature[i]!)!
      packed.kind[node] = decided.kind
      packed.threshold[node] = decided.threshold
      packed.left[node] = child(tree.leftChild[i]!)
      packed.right[node] = child(tree.rightChild[i]!)
    }
    packed.leafValue.set(tree.leafValue, leaf)
    packed.catThreshold.set(tree.catThreshold, word)
    for (let i = 0; i < setsOf(tree); i++)
      packed.catBoundaries[set + i + 1] = word + tree.catBoundaries[i + 1]!
    leaf += tree.numLeaves
    set += setsOf(tree)
    word += tree.catThreshold.length
    depth = Math.max(depth, treeDepth(tree))
  })
  return { ...packed, columns, depth }
}
