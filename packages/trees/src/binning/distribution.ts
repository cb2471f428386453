import { ZERO_THRESHOLD } from '../zero-threshold'
import { equalInOrder } from './doubles'
import type { ColumnSettings } from './feature-bins'
import type { Distinct } from './greedy-bounds'

/** What the sampled values of a column are. */
export interface Distribution extends Distinct {
  /** Values sampled. */
  readonly rows: number
  /** Values that are missing. */
  readonly missingRows: number
  readonly missing: 'none' | 'zero' | 'nan'
}

/**
 * Distinct values of a sample and their counts. Values that differ in the last bit only are one, the largest of them; 0 is
 * what is within ±1e-35, and there wherever both signs are, be it of no row.
 *
 * Source: LightGBM, src/io/bin.cpp, `BinMapper::FindBin`.
 */
export function distributionOf(sample: ArrayLike<number>, settings: ColumnSettings): Distribution {
  const rows = sample.length
  const sorted = new Float64Array(rows)
  let others = 0
  let nan = 0
  for (let i = 0; i < rows; i++) {
    const value = sample[i]!
    if (Number.isNaN(value)) nan++
    else if (Math.abs(value) > ZERO_THRESHOLD) sorted[others++] = value
  }
  const missing = missingOf(settings, nan)
  const missingRows = missing === 'nan' ? nan : 0
  const values = sorted.subarray(0, others).sort()
  return { ...distinctOf(values, rows - others - missingRows), rows, missingRows, missing }
}

function missingOf(settings: ColumnSettings, nan: number): 'none' | 'zero' | 'nan' {
  if (!settings.useMissing) return 'none'
  if (settings.zeroAsMissing) return 'zero'
  return nan > 0 ? 'nan' : 'none'
}

function distinctOf(sorted: Float64Array, zeros: number): Distinct {
  const values: number[] = []
  const counts: number[] = []
  const add = (value: number, count: number) => {
    values.push(value)
    counts.push(count)
  }
  const size = sorted.length
  if (size === 0 || (sorted[0]! > 0 && zeros > 0)) add(0, zeros)
  for (let i = 0; i < size; i++) {
    const value = sorted[i]!
    if (i > 0 && equalInOrder(sorted[i - 1]!, value)) {
      values[values.length - 1] = value
      counts[counts.length - 1]! += 1
      continue
    }
    if (i > 0 && sorted[i - 1]! < 0 && value > 0) add(0, zeros)
    add(value, 1)
  }
  if (size > 0 && sorted[size - 1]! < 0 && zeros > 0) add(0, zeros)
  return { values: Float64Array.from(values), counts: Int32Array.from(counts) }
}
