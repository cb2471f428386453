import { formatGeneral } from '../model/format-number'
import { type CategoryCounts, categoriesOf } from './categories'
import { type Distribution, distributionOf } from './distribution'
import type { ColumnSettings, FeatureBins } from './feature-bins'
import { boundsAroundZero } from './greedy-bounds'
import { valueToBin } from './value-to-bin'

/**
 * Bins of a column from a sample of its values, zeros and NaN included, as LightGBM finds them.
 *
 * Source: LightGBM, src/io/bin.cpp, `BinMapper::FindBin`. Proven against LightGBM 4.7.0
 * (`binning/find-feature-bins.test.ts`).
 */
export function findFeatureBins(sample: ArrayLike<number>, settings: ColumnSettings): FeatureBins {
  const distribution = distributionOf(sample, settings)
  return settings.categorical
    ? categoricalBins(categoriesOf(distribution, settings), settings)
    : numericalBins(numericalCounts(distribution, settings), settings)
}

/** Bounds of a numerical column's bins, and the sampled rows of each. */
export interface NumericalCounts {
  readonly rows: number
  readonly missing: 'none' | 'zero' | 'nan'
  readonly bounds: Float64Array
  readonly counts: Int32Array
  readonly least: number
  readonly most: number
}

function numericalCounts(distribution: Distribution, settings: ColumnSettings): NumericalCounts {
  const { values, rows, missing, missingRows } = distribution
  const own = missing === 'nan' ? 1 : 0
  const found = boundsAroundZero(
    distribution,
    settings.maxBin - own,
    rows - missingRows,
    settings.minDataInBin,
  )
  const bounds = Float64Array.from(own === 1 ? [...found, Number.NaN] : found)
  const counts = new Int32Array(bounds.length)
  let bin = 0
  for (let i = 0; i < values.length; i++) {
    while (values[i]! > bounds[bin]! && bin < bounds.length - 1) bin++
    counts[bin]! += distribution.counts[i]!
  }
  if (own === 1) counts[bounds.length - 1] = missingRows
  return { rows, missing, bounds, counts, least: values[0]!, most: values[values.length - 1]! }
}

/** A numerical column's bins, once bounds and rows are counted. */
export function numericalBins(found: NumericalCounts, settings: ColumnSettings): FeatureBins {
  const { bounds, rows, counts } = found
  // With two bins, 0 is alone in neither or LightGBM can tell it by the bound.
  const missing = found.missing === 'zero' && bounds.length === 2 ? 'none' : found.missing
  const bins = {
    kind: 'numerical' as const,
    numBins: bounds.length,
    missing,
    upperBounds: bounds,
    categories: new Int32Array(0),
  }
  const trivial = bounds.length <= 1 || !splitsNumbers(counts, rows, settings.minSplitRows)
  return finish(
    bins,
    counts,
    rows,
    trivial,
    `[${formatGeneral(found.least, 17)}:${formatGeneral(found.most, 17)}]`,
  )
}

function categoricalBins(found: CategoryCounts, settings: ColumnSettings): FeatureBins {
  const { categories, counts, rows, missing } = found
  const bins = {
    kind: 'categorical' as const,
    numBins: categories.length,
    missing,
    upperBounds: new Float64Array(0),
    categories,
  }
  const trivial = categories.length <= 1 || !splitsCategories(counts, rows, settings.minSplitRows)
  return finish(bins, counts, rows, trivial, categories.join(':'))
}

/** From this share of the rows on, a bin other than that of 0 may be the most frequent one. */
const SPARSE = 0.7

function finish(
  bins: Pick<FeatureBins, 'kind' | 'numBins' | 'missing' | 'upperBounds' | 'categories'>,
  counts: Int32Array,
  rows: number,
  trivial: boolean,
  info: string,
): FeatureBins {
  if (trivial)
    return { ...bins, defaultBin: 0, mostFrequentBin: 0, mostFrequentShare: 1, trivial, info: 'none' }
  const defaultBin = valueToBin(bins, 0)
  const largest = counts.reduce((best, count, bin) => (count > counts[best]! ? bin : best), 0)
  const mostFrequentBin = counts[largest]! / rows < SPARSE ? defaultBin : largest
  const mostFrequentShare = counts[mostFrequentBin]! / rows
  return { ...bins, defaultBin, mostFrequentBin, mostFrequentShare, trivial, info }
}

/** Whether some split between bins leaves so many rows on both sides. */
function splitsNumbers(counts: Int32Array, rows: number, least: number): boolean {
  let left = 0
  for (let bin = 0; bin < counts.length - 1; bin++) {
    left += counts[bin]!
    if (left >= least && rows - left >= least) return true
  }
  return false
}

/** The same of categories: three bins or more may be split in ways that are not looked at here. */
const splitsCategories = (counts: Int32Array, rows: number, least: number): boolean =>
  counts.length > 2 || splitsNumbers(counts, rows, least)
