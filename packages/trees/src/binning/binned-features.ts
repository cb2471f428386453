import type { FeatureBins } from './feature-bins'

/** Every row's bins in an engine's memory. */
export interface BinnedFeatures {
  readonly rows: number
  /** Of every column. */
  readonly bins: readonly FeatureBins[]
  /** Columns that are not trivial, ascending: inner feature `f` is column `used[f]`. */
  readonly used: Int32Array
  readonly blocks: readonly LaneBlock[]
  /** Blocks that follow each other whose rows lie in one cache line: work on them goes together. */
  readonly group: number
  /** `[used]` where each inner feature's bins are. */
  readonly places: readonly LanePlace[]
}

/**
 * Eight lanes of values. They are there twice: row by row, the lanes of a row side by side, which is how histograms are added
 * up, and lane by lane, which is how rows are divided. Lanes of no feature hold 0.
 */
export interface LaneBlock {
  /** The value of lane `l` in row `r` is at `address + stride · r + bytesPerBin · l`. */
  readonly address: number
  readonly stride: number
  /** The value of lane `l` in row `r` is also at `columns + bytesPerBin · (rows · l + r)`. */
  readonly columns: number
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
