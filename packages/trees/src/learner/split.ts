/** A way to divide a leaf, and what its sides would be. */
export interface Split {
  /** Inner feature: its place among those that are not trivial. */
  readonly feature: number
  readonly gain: number
  readonly leftGradient: number
  readonly leftHessian: number
  readonly rightGradient: number
  readonly rightHessian: number
  readonly leftOutput: number
  readonly rightOutput: number
  /** The last bin that goes left, or the bins that do. */
  readonly condition:
    | { readonly threshold: number; readonly defaultLeft: boolean }
    | { readonly categories: readonly number[] }
}

/** LightGBM's order: the larger gain, then the first feature. */
export function isBetter(one: Split, other: Split | undefined): boolean {
  if (other === undefined) return true
  return one.gain === other.gain ? one.feature < other.feature : one.gain > other.gain
}
