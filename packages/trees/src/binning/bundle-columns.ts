import type { FeatureBins } from './feature-bins'
import { valueToBin } from './value-to-bin'

/** A lane that several columns share. */
export interface BundleLane {
  /** `[rows]` 0 where every column has its most frequent bin. */
  readonly values: Uint8Array
  /** Columns by their number among those used, and the value of their bin 0. */
  readonly members: { readonly feature: number; readonly first: number; readonly bins: FeatureBins }[]
  /** One more than the largest value that may occur. */
  next: number
}

/** Puts sparse columns together in lanes. */
export interface ColumnBundler {
  add(feature: number, bins: FeatureBins, column: ArrayLike<number>): void
  /** Takes away full groups of lanes that no column will be added to any more, or, at the end, all. */
  take(atEnd: boolean): BundleLane[][]
}

/** Rows of the most frequent bin that make a column worth bundling, and bins that are too many for it. */
const SPARSE = 0.8
const MANY = 128
/** Values of a lane of bytes. */
const VALUES = 256
/** Lanes that are tried for a column, the newest first; LightGBM searches as many groups. */
const SEARCHED = 100

/** Whether few rows of a column are outside of its most frequent bin. */
export const isSparse = ({ mostFrequentShare, numBins }: FeatureBins): boolean =>
  mostFrequentShare >= SPARSE && numBins <= MANY

/**
 * Exclusive feature bundling: columns of which no row has two outside of their most frequent bins share a lane, so that a
 * histogram of all of them takes one pass. Unlike LightGBM, which lets one row in 10,000 break this, none may: trees are
 * the same with bundles and without.
 *
 * Source: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NeurIPS 2017, section 4.
 */
export function createColumnBundler(rows: number, lanesOfBlock: number): ColumnBundler {
  const lanes: BundleLane[] = []
  return {
    add(feature, bins, column) {
      const set = outsideMostFrequent(bins, column)
      const lane = findLane(lanes, bins, set) ?? { values: new Uint8Array(rows), members: [], next: 1 }
      if (lane.members.length === 0) lanes.push(lane)
      // The most frequent bin needs no value; where it is the first one, the others move up.
      const first = bins.mostFrequentBin === 0 ? lane.next - 1 : lane.next
      for (const row of set) lane.values[row] = first + valueToBin(bins, column[row]!)
      lane.members.push({ feature, first, bins })
      lane.next = first + bins.numBins
    },
    take(atEnd) {
      const blocks: BundleLane[][] = []
      while (lanes.length >= SEARCHED + lanesOfBlock || (atEnd && lanes.length > 0)) {
        blocks.push(lanes.splice(0, lanesOfBlock))
      }
      return blocks
    },
  }
}

function findLane(lanes: readonly BundleLane[], bins: FeatureBins, set: Int32Array): BundleLane | undefined {
  const size = bins.numBins - (bins.mostFrequentBin === 0 ? 1 : 0)
  return lanes
    .slice(-SEARCHED)
    .findLast(({ next, values }) => next + size <= VALUES && set.every((row) => values[row] === 0))
}

/** Rows that are not in the most frequent bin. */
function outsideMostFrequent(bins: FeatureBins, column: ArrayLike<number>): Int32Array {
  const { kind, mostFrequentBin, upperBounds } = bins
  // Most rows are told by two comparisons; of categories and NaN none is, as nothing compares with NaN.
  const above =
    kind === 'numerical' ? (upperBounds[mostFrequentBin - 1] ?? Number.NEGATIVE_INFINITY) : Number.NaN
  const upTo = upperBounds[mostFrequentBin] ?? Number.NaN
  const set: number[] = []
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!
    if (value > above && value <= upTo) continue
    if (valueToBin(bins, value) !== mostFrequentBin) set.push(row)
  }
  return Int32Array.from(set)
}

/** A lane of one column, as if it had never been meant for more: its bins are the values. */
export function unbundle(lane: BundleLane): BundleLane {
  const [only, another] = lane.members
  if (!only || another) return lane
  const { feature, first, bins } = only
  const values = lane.values.map((value) => (value === 0 ? bins.mostFrequentBin : value - first))
  return { values, members: [{ feature, first: 0, bins }], next: bins.numBins }
}
