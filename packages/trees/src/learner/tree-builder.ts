import type { FeatureBins } from '../binning/feature-bins'
import type { Tree } from '../model/tree'
import type { Leaf } from './leaf'
import type { Split } from './split'

const missingBits = { none: 0, zero: 4, nan: 8 } as const

/** Collects splits as they are made, and gives the tree they are. */
export interface TreeBuilder {
  /** Makes leaf `leaf` the left side of a split and adds a leaf, the right side; both are as they are after it. */
  split(
    leaf: number,
    split: Split,
    column: number,
    bins: FeatureBins,
    before: Leaf,
    left: Leaf,
    right: Leaf,
  ): void
  finish(leaves: readonly Leaf[]): Tree
}

/** A tree of one leaf, that grows. */
export function createTreeBuilder(minGainToSplit: number): TreeBuilder {
  const nodes: Node[] = []
  const parents: number[] = [-1]
  const sets: number[][] = []
  return {
    split(leaf, split, column, bins, before, left, right) {
      const node = nodes.length
      const added = node + 1
      attach(nodes[parents[leaf]!], leaf, node)
      parents[leaf] = node
      parents[added] = node
      nodes.push({
        column,
        gain: split.gain + minGainToSplit,
        ...decision(split, bins, sets),
        left: ~leaf,
        right: ~added,
        value: before.output,
        weight: left.hessian + right.hessian,
        count: left.count + right.count,
      })
    },
    finish: (leaves) => asTree(nodes, sets, leaves),
  }
}

interface Node {
  readonly column: number
  readonly gain: number
  readonly threshold: number
  readonly decision: number
  left: number
  right: number
  readonly value: number
  readonly weight: number
  readonly count: number
}

function attach(parent: Node | undefined, leaf: number, node: number): void {
  if (parent === undefined) return
  if (parent.left === ~leaf) parent.left = node
  else parent.right = node
}

/** Threshold and decision type; a set of categories is added to the sets. */
function decision(
  { condition }: Split,
  bins: FeatureBins,
  sets: number[][],
): Pick<Node, 'threshold' | 'decision'> {
  const missing = missingBits[bins.missing]
  if ('categories' in condition) {
    sets.push(condition.categories.map((bin) => bins.categories[bin]!))
    return { threshold: sets.length - 1, decision: 1 | missing }
  }
  return {
    threshold: bins.upperBounds[condition.threshold]!,
    decision: (condition.defaultLeft ? 2 : 0) | missing,
  }
}

function asTree(nodes: readonly Node[], sets: readonly number[][], leaves: readonly Leaf[]): Tree {
  const isSplit = nodes.length > 0
  const words = sets.map(bitSet)
  return {
    numLeaves: leaves.length,
    splitFeature: Int32Array.from(nodes, ({ column }) => column),
    splitGain: Float32Array.from(nodes, ({ gain }) => gain),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    decisionType: Uint8Array.from(nodes, ({ decision: type }) => type),
    leftChild: Int32Array.from(nodes, ({ left }) => left),
    rightChild: Int32Array.from(nodes, ({ right }) => right),
    leafValue: Float64Array.from(leaves, ({ output }) => (Number.isNaN(output) ? 0 : output)),
    // A tree without splits has no weights: its leaf was never made by one.
    leafWeight: Float64Array.from(leaves, ({ hessian }) => (isSplit ? hessian : 0)),
    leafCount: Int32Array.from(leaves, ({ count }) => (isSplit ? count : 0)),
    internalValue: Float64Array.from(nodes, ({ value }) => value),
    internalWeight: Float64Array.from(nodes, ({ weight }) => weight),
    internalCount: Int32Array.from(nodes, ({ count }) => count),
    catBoundaries: boundaries(words),
    catThreshold: concat(words),
    shrinkage: 1,
  }
}

/** Where each set begins, and the last one ends; nothing where there are no sets. */
function boundaries(sets: readonly Uint32Array[]): Int32Array {
  if (sets.length === 0) return new Int32Array()
  const ends = new Int32Array(sets.length + 1)
  for (const [i, { length }] of sets.entries()) ends[i + 1] = ends[i]! + length
  return ends
}

function concat(sets: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(sets.reduce((words, { length }) => words + length, 0))
  let at = 0
  for (const set of sets) {
    all.set(set, at)
    at += set.length
  }
  return all
}

/** Categories as bits, 32 to a word. */
function bitSet(categories: readonly number[]): Uint32Array {
  const words = new Uint32Array((Math.max(...categories) >> 5) + 1)
  for (const category of categories) words[category >> 5]! |= 1 << (category & 31)
  return words
}
