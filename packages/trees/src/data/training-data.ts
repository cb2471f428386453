import type { Matrix } from './matrix'

/** Rows of numbers, all of one width. NaN is a missing value. */
export type Features = Matrix | readonly (readonly number[])[]

/** Comparisons of rows, for `bradley_terry`. */
export interface PreferencePairs {
  /** `[P]` row numbers of what was preferred. */
  readonly chosen: ArrayLike<number>
  /** `[P]` row numbers of what was not. */
  readonly rejected: ArrayLike<number>
  /** `[P]` weights ≥ 0. Default: 1. */
  readonly weight?: ArrayLike<number> | undefined
  /** `[P]` probability in [0, 1] that the first was preferred. Default: 1. */
  readonly preference?: ArrayLike<number> | undefined
}

/** What trees are trained on or evaluated with, under the names of LightGBM's Dataset. */
export interface TrainingData {
  readonly features: Features
  /** `[rows]` finite numbers. `bradley_terry` and custom objectives go without. */
  readonly label?: ArrayLike<number> | undefined
  /** `[rows]` finite weights ≥ 0. */
  readonly weight?: ArrayLike<number> | undefined
  /** Rows of each query, which stand together; they sum to the rows. For `lambdarank`. */
  readonly group?: ArrayLike<number> | undefined
  /** Comparisons of rows, for `bradley_terry`. */
  readonly pairs?: PreferencePairs | undefined
  /** `[rows]`, or `[classes × rows]` class by class: scores that boosting begins with. */
  readonly init_score?: ArrayLike<number> | undefined
  /** A name for each column. Default: `Column_0`, `Column_1`, … */
  readonly feature_name?: readonly string[] | undefined
  /** Columns whose numbers are categories (integers ≥ 0; negative ones count as missing): numbers or names. */
  readonly categorical_feature?: readonly (number | string)[] | undefined
}
