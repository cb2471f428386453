import type { CheckedData } from '../data/checked-data'

/** What objectives and metrics read of a data set that was checked. */
export type ObjectiveData = Pick<
  CheckedData,
  'label' | 'hasLabel' | 'weight' | 'queryBoundaries' | 'pairs'
> & { readonly features: { readonly rows: number } }

/** What training minimises: gradients and Hessians of a loss at the scores so far. */
export interface Objective {
  /** What the model file says, such as `binary sigmoid:1`. */
  readonly description: string
  /** 1, or one for each class. */
  readonly treesPerIteration: number
  readonly numClass: number
  /**
   * Fills `gradients` and `hessians`, single floats as LightGBM's `score_t` are, from `scores`, all
   * `[treesPerIteration × rows]`, class by class; all of them, as GOSS reads those of classes that are not trained, too.
   */
  computeGradients(scores: Float64Array, gradients: Float32Array, hessians: Float32Array): void
  /** Whether gradients at the same scores are others when computed again. */
  readonly isRandom?: boolean
  /** Score that boosting starts from, LightGBM's `BoostFromScore`; 0 where it has none. */
  boostFromScore(tree: number): number
  /** False for a class that no row, or every row has: its trees are constants. LightGBM's `ClassNeedTrain`. */
  needsTraining(tree: number): boolean
  /** Value of the leaf that `rows` (ascending) are in, from what is left of their labels; absent: as it was grown. */
  renewLeaf?(rows: Int32Array, scores: Float64Array): number
}
