import type { BinnedFeatures } from '../binning/binned-features'
import { TreesError } from '../trees-error'

/** A set of categories is a bit for each number up to the largest: 8 MiB for one split. */
const LARGEST_CATEGORY = 2 ** 26 - 1

/** Throws `UNSUPPORTED` where sets of a column's categories would be huge. */
export function checkCategorySets({ bins, used }: Pick<BinnedFeatures, 'bins' | 'used'>): void {
  for (const column of used) {
    const largest = bins[column]!.categories.reduce((most, category) => Math.max(most, category), 0)
    if (largest <= LARGEST_CATEGORY) continue
    const message = `column ${column} has category ${largest}; at most ${LARGEST_CATEGORY} can be had: renumber categories from 0`
    throw new TreesError('UNSUPPORTED', message)
  }
}
