import type { FeatureBins } from './feature-bins'

/** Every row's bins in an engine's memory. */
export interface BinnedFeatures {
  readonly rows: number
  /** Of every column. */
  readonly bins: readonly FeatureBins[]
  /** Columns that are not trivial, ascending: inner feature `f` is column `used[f]`. */
  readonly used: Int32Array
  /** Eight lanes each; the value of lane `l` in row `r` is at `address + (8 r + l) · bytesPerBin`. Lanes of no feature hold 0. */
  readonly blocks: readonly LaneBlock[]
  /** `[used]` where each inner feature's bins are. */
  readonly places: readonly LanePlace[]
}

/** Eight lanes of values, row by row. */
export interface LaneBlock {
  readonly address: number
  readonly bytesPerBin: 1 | 2
  /** Lanes that hold features, the first ones. */
  readonly lanes: number
  /** One more than the largest value in any of its lanes. */
  readonly values: number
}

/**
 * Where the bins of a feature are. Alone in its lane, its bin is the value. In a bundle, value `first + b` is its bin `b`, and
 * every value outside of its own ones is its most frequent bin. Its own ones are those of bins 0 … numBins − 1, without bin
 * 0 where that is the most frequent; the value of the most frequent bin does not occur.
 */
export interface LanePlace {
  readonly block: number
  readonly lane: number
  readonly first: number
  readonly bundled: boolean
}
