import type { Split } from './split'

/** A leaf of the tree that is being grown. */
export interface Leaf {
  /** Place of its rows in the order of rows. */
  begin: number
  count: number
  gradient: number
  hessian: number
  /** What it would add to the score. */
  output: number
  depth: number
  /** Bounds of the output, where features are monotone. */
  minimum: number
  maximum: number
  /** Where its histograms are; −1 before they were needed. */
  slot: number
  best?: Split
}
