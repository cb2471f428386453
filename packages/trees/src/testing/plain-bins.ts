import { columnSettings, type FeatureBins } from '../binning/feature-bins'
import { findFeatureBins } from '../binning/find-feature-bins'
import { valueToBin } from '../binning/value-to-bin'
import type { CheckedData } from '../data/checked-data'
import type { Parameters } from '../parameters/parameters'

/** Bins of every column, and of every row by column: what kernels pack into lanes, in plain arrays. */
export interface PlainBins {
  readonly rows: number
  readonly bins: readonly FeatureBins[]
  /** Columns that are not trivial: inner feature `f` is column `used[f]`. */
  readonly used: Int32Array
  /** `[used features][rows]` bins. */
  readonly codes: readonly Uint32Array[]
}

/** Bins of data that are small enough to be looked at whole: no rows are sampled. */
export function plainBins({ features, categorical }: CheckedData, parameters: Parameters): PlainBins {
  const { data, rows, columns } = features
  const column = (j: number) => Array.from({ length: rows }, (_, row) => data[row * columns + j]!)
  const bins = Array.from({ length: columns }, (_, j) =>
    findFeatureBins(column(j), columnSettings(parameters, j, categorical[j] === 1, rows, rows)),
  )
  const used = Int32Array.from(bins.flatMap(({ trivial }, j) => (trivial ? [] : [j])))
  const codes = Array.from(used, (j) => Uint32Array.from(column(j), (value) => valueToBin(bins[j]!, value)))
  return { rows, bins, used, codes }
}
