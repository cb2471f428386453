import { decideNode, kinds } from './decide-node'
import type { Tree } from './tree'
import { treeDepth } from './tree-depth'

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
      const { kind, threshold } = decideNode(tree.threshold[i]!, tree.decisionType[i]!)
      packed.slot[node] = slotOf.get(tree.splitFeature[i]!)!
      packed.kind[node] = kind
      packed.threshold[node] = kind === kinds.categorical ? set + threshold : threshold
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
