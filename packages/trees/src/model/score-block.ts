import { ZERO_THRESHOLD } from '../zero-threshold'
import { kinds } from './decide-node'
import { inCategories } from './leaf-of-row'
import type { PackedTrees } from './pack-trees'

/** Rows on their way down a tree, for blocks of up to `capacity` rows. Made once, used for every block. */
export interface Paths {
  /** Rows 0, 1, 2, … */
  readonly all: Uint16Array
  /** Rows in the order of nodes; levels of a tree write one and the other by turns. */
  readonly orders: readonly [Uint16Array, Uint16Array]
  /** Node, first and end of its rows, and level, of what is still to be looked at. */
  readonly pending: Int32Array
}

export const newPaths = (capacity: number, depth: number): Paths => ({
  all: Uint16Array.from({ length: capacity }, (_, row) => row),
  orders: [new Uint16Array(capacity), new Uint16Array(capacity)],
  pending: new Int32Array((depth + 2) * 4),
})

/**
 * Parts rows `from[first]` to below `from[end]` at one node: those that go left come first in `to`, at the same places.
 * Returns where the others begin. `values` are the node's column from `base` on. Both places are written every time, so
 * that nothing has to be predicted by the processor.
 */
type Part = (
  values: Float64Array,
  base: number,
  threshold: number,
  from: Uint16Array,
  to: Uint16Array,
  first: number,
  end: number,
  trees: PackedTrees,
) => number

const partNaNRight: Part = (values, base, threshold, from, to, first, end) => {
  let low = first
  let high = end - 1
  for (let i = first; i < end; i++) {
    const row = from[i]!
    to[low] = row
    to[high] = row
    const left = Number(values[base + row]! <= threshold)
    low += left
    high += left - 1
  }
  return low
}

const partNaNLeft: Part = (values, base, threshold, from, to, first, end) => {
  let low = first
  let high = end - 1
  for (let i = first; i < end; i++) {
    const row = from[i]!
    to[low] = row
    to[high] = row
    const right = Number(values[base + row]! > threshold)
    low += 1 - right
    high -= right
  }
  return low
}

const partZeros =
  (zerosLeft: number): Part =>
  (values, base, threshold, from, to, first, end) => {
    let low = first
    let high = end - 1
    for (let i = first; i < end; i++) {
      const row = from[i]!
      to[low] = row
      to[high] = row
      const value = values[base + row]!
      const isOther = value < -ZERO_THRESHOLD || value > ZERO_THRESHOLD
      const left = isOther ? Number(value <= threshold) : zerosLeft
      low += left
      high += left - 1
    }
    return low
  }

const partCategories: Part = (values, base, set, from, to, first, end, trees) => {
  let low = first
  let high = end - 1
  for (let i = first; i < end; i++) {
    const row = from[i]!
    to[low] = row
    to[high] = row
    const left = Number(inCategories(trees, set, values[base + row]!))
    low += left
    high += left - 1
  }
  return low
}

const parts: Readonly<Record<number, Part>> = {
  [kinds.nanRight]: partNaNRight,
  [kinds.nanLeft]: partNaNLeft,
  [kinds.zeroLeft]: partZeros(1),
  [kinds.zeroRight]: partZeros(0),
  [kinds.categorical]: partCategories,
}

function addLeaf(value: number, order: Uint16Array, first: number, end: number, scores: Float64Array): void {
  for (let i = first; i < end; i++) scores[order[i]!]! += value
}

function scoreTree(
  trees: PackedTrees,
  root: number,
  values: Float64Array,
  capacity: number,
  rows: number,
  scores: Float64Array,
  { all, orders, pending }: Paths,
): void {
  if (root < 0) {
    addLeaf(trees.leafValue[~root]!, all, 0, rows, scores)
    return
  }
  let depth = 0
  let [node, first, end, level] = [root, 0, rows, 0]
  for (;;) {
    const from = level === 0 ? all : orders[(level - 1) & 1]!
    const to = orders[level & 1]!
    const part = parts[trees.kind[node]!]!
    const middle = part(
      values,
      trees.slot[node]! * capacity,
      trees.threshold[node]!,
      from,
      to,
      first,
      end,
      trees,
    )
    const left = trees.left[node]!
    const right = trees.right[node]!
    level += 1
    if (left < 0) addLeaf(trees.leafValue[~left]!, to, first, middle, scores)
    if (right < 0) addLeaf(trees.leafValue[~right]!, to, middle, end, scores)
    const goesLeft = left >= 0 && middle > first
    const goesRight = right >= 0 && end > middle
    if (goesLeft) {
      if (goesRight) {
        pending[depth] = right
        pending[depth + 1] = middle
        pending[depth + 2] = end
        pending[depth + 3] = level
        depth += 4
      }
      node = left
      end = middle
    } else if (goesRight) {
      node = right
      first = middle
    } else {
      if (depth === 0) return
      depth -= 4
      node = pending[depth]!
      first = pending[depth + 1]!
      end = pending[depth + 2]!
      level = pending[depth + 3]!
    }
  }
}

/**
 * Adds all trees to the scores of a block of rows. The rows of a node are parted together, column by column, so that a
 * node's column and threshold are looked up once a block, not once a row.
 *
 * @param values `[columns × capacity]`: the value of `trees.columns[slot]` in row `r` at `slot × capacity + r`.
 * @param scores `[classes × capacity]`, class by class; tree `t` is of class `t % classes`.
 */
export function scoreBlock(
  trees: PackedTrees,
  values: Float64Array,
  capacity: number,
  rows: number,
  scores: readonly Float64Array[],
  paths: Paths,
): void {
  for (let t = 0; t < trees.roots.length; t++) {
    scoreTree(trees, trees.roots[t]!, values, capacity, rows, scores[t % scores.length]!, paths)
  }
}
