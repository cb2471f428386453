import type { Parameters } from '../parameters/parameters'

/**
 * One column's bins: what LightGBM's `BinMapper` knows of it.
 *
 * Source: LightGBM, include/LightGBM/bin.h. Proven against LightGBM 4.7.0 (`binning/find-feature-bins.test.ts`).
 */
export interface FeatureBins {
  readonly kind: 'numerical' | 'categorical'
  /** Bins, that of missing values included. */
  readonly numBins: number
  /** What goes into a bin of its own, apart from the order of the others. */
  readonly missing: 'none' | 'zero' | 'nan'
  /** Numerical: `[numBins]`, the largest value of each bin; the last is +∞, or NaN for the bin of missing values. */
  readonly upperBounds: Float64Array
  /** Categorical: `[numBins]`, the category of each bin; bin 0 is for NaN and unseen ones (−1). */
  readonly categories: Int32Array
  /** Bin of 0. */
  readonly defaultBin: number
  /** The bin of most rows, or that of 0 where no bin has 70 % of them. */
  readonly mostFrequentBin: number
  /** Share of the sampled rows that are in the most frequent bin; 1 of a trivial column. */
  readonly mostFrequentShare: number
  /** Left out of training: constant, or no split could have min_data_in_leaf rows on both sides (feature_pre_filter). */
  readonly trivial: boolean
  /** Text of `feature_infos` in model files: `[min:max]`, `none`, `-1:3:1:2`. */
  readonly info: string
}

/** The parameters that decide on bins. */
export type BinningParameters = Pick<
  Parameters,
  | 'max_bin'
  | 'max_bin_by_feature'
  | 'min_data_in_bin'
  | 'min_data_in_leaf'
  | 'feature_pre_filter'
  | 'use_missing'
  | 'zero_as_missing'
  | 'bin_construct_sample_cnt'
  | 'data_random_seed'
  | 'enable_bundle'
>

/** How one column is to be binned. */
export interface ColumnSettings {
  readonly categorical: boolean
  /** Bins at most, ≥ 2. Categories may need more. */
  readonly maxBin: number
  /** Rows of a bin at least. */
  readonly minDataInBin: number
  /** Rows of the sample that both sides of some split must have, or 0 where columns are not filtered. */
  readonly minSplitRows: number
  readonly useMissing: boolean
  readonly zeroAsMissing: boolean
}

/** Settings of one column, of a matrix of so many rows of which so many are sampled. */
export function columnSettings(
  parameters: BinningParameters,
  column: number,
  categorical: boolean,
  rows: number,
  sampled: number,
): ColumnSettings {
  const filtered = Math.trunc((parameters.min_data_in_leaf * sampled) / rows)
  return {
    categorical,
    maxBin: parameters.max_bin_by_feature[column] ?? parameters.max_bin,
    minDataInBin: parameters.min_data_in_bin,
    minSplitRows: parameters.feature_pre_filter ? filtered : 0,
    useMissing: parameters.use_missing,
    zeroAsMissing: parameters.zero_as_missing,
  }
}
