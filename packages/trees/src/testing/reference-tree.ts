import type { Tree } from '../model/tree'
import type { PlainBins } from './plain-bins'
import type { ReferenceLeaf } from './reference-learner'
import type { ReferenceSplit } from './reference-splits'

/** A split that was made, in order. */
export interface TreeNode {
  /** The leaf that was split; the right side is the next leaf. */
  readonly leaf: number
  readonly split: ReferenceSplit & { feature: number }
  readonly before: ReferenceLeaf
  readonly left: ReferenceLeaf
  readonly right: ReferenceLeaf
}

const missingBits = { none: 0, zero: 4, nan: 8 }

/** Children of each node: leaves until they were split. */
function children(nodes: readonly TreeNode[]) {
  const [left, right] = [nodes.map(({ leaf }) => ~leaf), nodes.map((_, i) => ~(i + 1))]
  nodes.forEach(({ leaf }, node) => {
    for (const side of [left, right]) {
      const place = side.lastIndexOf(~leaf, node - 1)
      if (node > 0 && place >= 0) side[place] = node
    }
  })
  return { left, right }
}

function bitSet(categories: readonly number[]): number[] {
  const words = Array<number>(Math.floor(Math.max(...categories) / 32) + 1).fill(0)
  for (const category of categories) words[Math.floor(category / 32)]! += 2 ** (category % 32)
  return words
}

/** The tree that splits make, in the model's arrays. */
export function referenceTree(
  nodes: readonly TreeNode[],
  leaves: readonly ReferenceLeaf[],
  { bins, used }: PlainBins,
  minGainToSplit: number,
): Tree {
  const { left, right } = children(nodes)
  const sets: number[][] = []
  const binsOf = ({ split }: TreeNode) => bins[used[split.feature]!]!
  const thresholds = nodes.map((node) => {
    const { kind, upperBounds, categories } = binsOf(node)
    if (kind === 'numerical') return upperBounds[node.split.threshold]!
    return sets.push(bitSet(node.split.categories.map((bin) => categories[bin]!))) - 1
  })
  const ends = [0]
  for (const set of sets) ends.push(ends.at(-1)! + set.length)
  const isSplit = nodes.length > 0
  return {
    numLeaves: leaves.length,
    splitFeature: Int32Array.from(nodes, ({ split }) => used[split.feature]!),
    splitGain: Float32Array.from(nodes, ({ split }) => split.gain + minGainToSplit),
    threshold: Float64Array.from(thresholds),
    decisionType: Uint8Array.from(nodes, (node) => {
      const { kind, missing } = binsOf(node)
      return (kind === 'categorical' ? 1 : node.split.defaultLeft ? 2 : 0) + missingBits[missing]
    }),
    leftChild: Int32Array.from(left),
    rightChild: Int32Array.from(right),
    leafValue: Float64Array.from(leaves, ({ output }) => (Number.isNaN(output) ? 0 : output)),
    leafWeight: Float64Array.from(leaves, ({ hessian }) => (isSplit ? hessian : 0)),
    leafCount: Int32Array.from(leaves, ({ count }) => (isSplit ? count : 0)),
    internalValue: Float64Array.from(nodes, ({ before }) => before.output),
    internalWeight: Float64Array.from(nodes, (node) => node.left.hessian + node.right.hessian),
    internalCount: Int32Array.from(nodes, (node) => node.left.count + node.right.count),
    catBoundaries: sets.length > 0 ? Int32Array.from(ends) : new Int32Array(),
    catThreshold: Uint32Array.from(sets.flat()),
    shrinkage: 1,
  }
}
