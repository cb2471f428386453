import type { Tree } from './tree'

/**
 * Features on the way from the root to a node, one entry each, and what shares of all subsets of them lead here. Each
 * level of the tree has a path of its own behind that of the level above: the one of `n` entries begins at n (n − 1) / 2.
 */
export interface Paths {
  readonly feature: Int32Array
  /** Share of the training rows that goes this way where the feature is not known. */
  readonly zero: Float64Array
  /** 1 where the row itself goes this way, else 0. */
  readonly one: Float64Array
  /** Weight of the permutations with as many known features as the entry's place. */
  readonly weight: Float64Array
}

/** Room for the paths of a tree so many levels deep. */
export function newPaths(depth: number): Paths {
  const size = ((depth + 2) * (depth + 3)) / 2
  return {
    feature: new Int32Array(size),
    zero: new Float64Array(size),
    one: new Float64Array(size),
    weight: new Float64Array(size),
  }
}

/** Copies a path of `length` entries. */
export function copyPath(
  { feature, zero, one, weight }: Paths,
  from: number,
  to: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    feature[to + i] = feature[from + i]!
    zero[to + i] = zero[from + i]!
    one[to + i] = one[from + i]!
    weight[to + i] = weight[from + i]!
  }
}

/** Adds an entry to the path of `length` entries at `at`. */
export function extend(
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
export function unwind({ feature, zero, one, weight }: Paths, at: number, last: number, index: number): void {
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
export function unwoundSum({ zero, one, weight }: Paths, at: number, last: number, index: number): number {
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

/** Place of a column in the path at `at` with entries 0 to `last`, or −1. */
export function placeOf(feature: Int32Array, at: number, last: number, column: number): number {
  for (let i = 0; i <= last; i++) if (feature[at + i] === column) return i
  return -1
}

/** Training rows of a child. */
export const countOf = ({ internalCount, leafCount }: Tree, child: number): number =>
  child >= 0 ? internalCount[child]! : leafCount[~child]!
