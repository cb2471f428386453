import { toCategory } from './categories'
import type { FeatureBins } from './feature-bins'

/**
 * The bin of a value: the first whose upper bound is not below it; NaN has the last one where it is missing, and otherwise
 * that of 0. Unseen and negative categories and NaN have bin 0.
 *
 * Source: LightGBM, include/LightGBM/bin.h, `BinMapper::ValueToBin`. Proven against LightGBM 4.7.0
 * (`binning/find-feature-bins.test.ts`).
 */
export function valueToBin(
  bins: Pick<FeatureBins, 'kind' | 'numBins' | 'missing' | 'upperBounds' | 'categories'>,
  value: number,
): number {
  if (bins.kind === 'categorical') {
    const category = toCategory(value)
    return category < 0 ? 0 : Math.max(0, bins.categories.indexOf(category))
  }
  if (Number.isNaN(value)) return bins.missing === 'nan' ? bins.numBins - 1 : valueToBin(bins, 0)
  let low = 0
  let high = bins.numBins - (bins.missing === 'nan' ? 2 : 1)
  while (low < high) {
    const middle = (low + high - 1) >> 1
    if (value <= bins.upperBounds[middle]!) high = middle
    else low = middle + 1
  }
  return low
}
