import type { Tree } from '../model/tree'

/** Which features a tree, and each node of it, may split on. Flags are by inner feature: those that are not trivial. */
export interface FeatureSampler {
  /** `[used features]` 1 where the tree to come may split. */
  nextTree(): Uint8Array
  /** `[used features]` 1 where the next node may split; absent where all may that the tree may. */
  nextNode?(): Uint8Array
}

/** A tree, and the training rows of its leaves. */
export interface GrownTree {
  /** Leaf values are not yet shrunk. */
  readonly tree: Tree
  /** Row numbers of a leaf, ascending: a view that is valid until the next tree is grown. */
  rowsOfLeaf(leaf: number): Int32Array
  /** Adds to the score of each row that the tree was grown on the value of its leaf. */
  addTo(scores: Float64Array, leafValue: Float64Array): void
}

/** Grows trees on the gradients of one training set. */
export interface TreeLearner {
  /** `[trees of an iteration × rows]`, to be filled before growing. */
  readonly gradients: Float32Array
  readonly hessians: Float32Array
  /** `[trees of an iteration × rows]` zeros at first: where scores are best kept, as {@link GrownTree.addTo} is fastest there. */
  readonly scores: Float64Array
  /**
   * One tree on slice `k` of the gradients.
   * @param bag row numbers, ascending; absent: all rows.
   */
  grow(k: number, bag?: Int32Array): GrownTree
}
