import { nextUp } from './doubles'
import type { FeatureBins } from './feature-bins'
import { valueToBin } from './value-to-bin'

/** Bins as a function that is constant between bounds, ascending: a value has the bin of the first that is not below it. */
export interface Steps {
  /** The last is +∞. */
  readonly bounds: Float64Array
  /** Bin of each bound; where it is absent, the bound's index. */
  readonly bins?: Uint16Array
  /** Bin of NaN. */
  readonly nan: number
}

/** {@link valueToBin} as steps. */
export function stepsOf(bins: FeatureBins): Steps {
  const nan = valueToBin(bins, Number.NaN)
  if (bins.kind === 'categorical') return { ...stepsOfCategories(bins.categories), nan }
  return { bounds: bins.upperBounds.subarray(0, bins.numBins - (bins.missing === 'nan' ? 1 : 0)), nan }
}

/** The largest number below another. */
const below = (value: number): number => -nextUp(-value)

function stepsOfCategories(categories: Int32Array): Pick<Steps, 'bounds' | 'bins'> {
  const bounds: number[] = []
  const bins: number[] = []
  const order = Array.from(categories.keys())
    .slice(1)
    .sort((a, b) => categories[a]! - categories[b]!)
  for (const bin of order) {
    const category = categories[bin]!
    // What lies between −1 and 0 is cut off to category 0.
    const before = category === 0 ? -1 : below(category)
    if (bounds.length === 0 || before > bounds[bounds.length - 1]!) {
      bounds.push(before)
      bins.push(0)
    }
    bounds.push(below(category + 1))
    bins.push(bin)
  }
  return {
    bounds: Float64Array.from([...bounds, Number.POSITIVE_INFINITY]),
    bins: Uint16Array.from([...bins, 0]),
  }
}
