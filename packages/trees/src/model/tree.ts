/**
 * One decision tree, as LightGBM's text model has it: `n` leaves and `n − 1` inner nodes, in arrays by node and by leaf.
 * A child ≥ 0 is an inner node, a negative one is the leaf `~child`. Row `x` goes left at a node when
 * `x[splitFeature] <= threshold`, or when its category is in the node's set.
 */
export interface Tree {
  /** Leaves, ≥ 1; a tree of one leaf is a constant. */
  readonly numLeaves: number
  /** `[n − 1]` column that is looked at. */
  readonly splitFeature: Int32Array
  /** `[n − 1]` gain of the split. */
  readonly splitGain: Float32Array
  /** `[n − 1]` threshold; for a categorical split, which of {@link catBoundaries}' sets. */
  readonly threshold: Float64Array
  /** `[n − 1]` bits: 1 categorical, 2 missing goes left, bits 2–3 what is missing (0 nothing, 1 zero, 2 NaN). */
  readonly decisionType: Uint8Array
  readonly leftChild: Int32Array
  readonly rightChild: Int32Array
  /** `[n]` what a leaf adds to the score, shrinkage included. */
  readonly leafValue: Float64Array
  /** `[n]` sum of Hessians; LightGBM leaves it out, so it is empty, in a tree of one leaf. */
  readonly leafWeight: Float64Array
  /** `[n]` training rows. */
  readonly leafCount: Int32Array
  readonly internalValue: Float64Array
  readonly internalWeight: Float64Array
  readonly internalCount: Int32Array
  /** `[sets + 1]` where each set of categories begins in {@link catThreshold}; empty without categorical splits. */
  readonly catBoundaries: Int32Array
  /** Bit sets of categories, 32 to a word. */
  readonly catThreshold: Uint32Array
  /** What leaf values were multiplied by. */
  readonly shrinkage: number
  /** Linear models of the leaves, where the tree was grown with `linear_tree`. */
  readonly linear?: LinearLeaves
}

/**
 * A linear model in each leaf: leaf `i` adds `constants[i] + Σ coefficients[j] x[features[j]]`, for `j` from
 * `boundaries[i]` to below `boundaries[i + 1]`; or its `leafValue`, where one of those features is NaN.
 */
export interface LinearLeaves {
  /** `[n]`, shrinkage included. */
  readonly constants: Float64Array
  /** `[n + 1]` where the terms of each leaf begin. */
  readonly boundaries: Int32Array
  /** `[terms]` columns. */
  readonly features: Int32Array
  /** `[terms]`, shrinkage included. */
  readonly coefficients: Float64Array
}
