import type { FeatureBins } from './feature-bins'

/** Every row's bins in an engine's memory. */
export interface BinnedFeatures {
  readonly rows: number
  /** Of every column. */
  readonly bins: readonly FeatureBins[]
  /** Columns that are not trivial, ascending: inner feature `f` is column `used[f]`. */
  readonly used: Int32Array
  /**
   * Inner feature `f` is lane `f % 8` of block `f >> 3`. The bin of row `r` is at `address + (8 r + lane) · bytesPerBin`;
   * lanes that are no feature hold 0.
   */
  readonly blocks: readonly { readonly address: number; readonly bytesPerBin: 1 | 2 }[]
}
