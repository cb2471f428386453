import type { Matrix } from './matrix'

/** Comparisons that were checked. */
export interface CheckedPairs {
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  readonly weight?: Float32Array
  readonly preference?: Float32Array
}

/** Training data that was checked: arrays of the lengths they must have, of LightGBM's types. */
export interface CheckedData {
  readonly features: Matrix
  /** `[rows]`; LightGBM's labels are floats. Zeros where there was none. */
  readonly label: Float32Array
  readonly hasLabel: boolean
  /** `[rows]`, floats as LightGBM's. */
  readonly weight?: Float32Array
  /** `[queries + 1]` row where each query begins. */
  readonly queryBoundaries?: Int32Array
  readonly pairs?: CheckedPairs
  /** `[trees of an iteration × rows]`, class by class. */
  readonly initScore?: Float64Array
  readonly featureNames: readonly string[]
  /** `[columns]` 1 where the column is categorical. */
  readonly categorical: Uint8Array
}
