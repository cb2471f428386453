import type { Tree } from './tree'

/** A trained model: what LightGBM's text format holds. Plain data; see `predict`, `writeModel`, `readModel`. */
export interface BoostedTrees {
  /** As the model file says it, such as `binary sigmoid:1`; empty for a custom objective. */
  readonly objective: string
  readonly numClass: number
  /** Trees of one iteration: one, or one for each class. Tree `i` is of class `i % numTreePerIteration`. */
  readonly numTreePerIteration: number
  readonly labelIndex: number
  /** Columns of the features, minus 1. */
  readonly maxFeatureIdx: number
  /** True where the score is the mean over iterations, not the sum (random forests). */
  readonly averageOutput: boolean
  readonly featureNames: readonly string[]
  /** `[min:max]`, `none` for a constant column, or categories separated by `:`. */
  readonly featureInfos: readonly string[]
  /** One of −1, 0, 1 for each column; absent where none is constrained. */
  readonly monotoneConstraints?: readonly number[]
  readonly trees: readonly Tree[]
  /** The `parameters:` section, one line each such as `[boosting: gbdt]`. */
  readonly parameters: readonly string[]
  /** The `parser:` section, line by line, of models trained from files with a parser's settings. */
  readonly parserConfig?: readonly string[]
  /** JSON behind `pandas_categorical:`, where Python's LightGBM wrote one. Kept for Python; not used here. */
  readonly pandasCategorical?: string
}
