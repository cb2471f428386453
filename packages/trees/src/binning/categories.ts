import type { Distribution } from './distribution'
import type { ColumnSettings } from './feature-bins'

/** Categories of a column's bins, and the sampled rows of each. */
export interface CategoryCounts {
  readonly rows: number
  readonly missing: 'none' | 'zero' | 'nan'
  readonly categories: Int32Array
  readonly counts: Int32Array
}

const LEAST = -(2 ** 31)

/** A number as a category: its fraction is cut off, and what no 32-bit integer holds is negative, as in C on x86. */
export function toCategory(value: number): number {
  const whole = Math.trunc(value)
  return whole >= LEAST && whole < -LEAST ? whole : LEAST
}

/**
 * Bins of categories, the most frequent first: those of 99 % of the rows, and more while there are fewer than maxBin, but
 * none of fewer than minDataInBin rows, of which the first two are excepted. Bin 0 is for all others, NaN and negative
 * ones.
 *
 * Source: LightGBM, src/io/bin.cpp, `BinMapper::FindBin`.
 */
export function categoriesOf(distribution: Distribution, settings: ColumnSettings): CategoryCounts {
  const { rows, missing } = distribution
  const found = frequencies(distribution)
  const missingRows = distribution.missingRows + found.negativeRows
  const known = rows - missingRows
  if (known <= 0) return { rows, missing, categories: Int32Array.of(-1), counts: Int32Array.of(rows) }
  // LightGBM computes the share in single precision.
  const enough = Math.trunc(Math.fround(Math.fround(known) * Math.fround(0.99)) + 0.5)
  const ordered = [...found.counts].sort(([, a], [, b]) => b - a)
  const maxBin = Math.min(ordered.length + (missingRows > 0 ? 1 : 0), settings.maxBin)
  let used = 0
  let size = 0
  for (const [, count] of ordered) {
    if (used >= enough && size + 1 >= maxBin) break
    if (count < settings.minDataInBin && size > 1) break
    used += count
    size++
  }
  const kept = ordered.slice(0, size)
  return {
    rows,
    missing: size === ordered.length && missingRows === 0 ? 'none' : 'nan',
    categories: Int32Array.from([-1, ...kept.map(([category]) => category)]),
    counts: Int32Array.from([rows - used, ...kept.map(([, count]) => count)]),
  }
}

/** Rows of each category, in ascending order, and of negative ones. */
function frequencies({ values, counts }: Distribution): {
  readonly counts: ReadonlyMap<number, number>
  readonly negativeRows: number
} {
  const found = new Map<number, number>()
  let negativeRows = 0
  values.forEach((value, i) => {
    const category = toCategory(value)
    if (category < 0) negativeRows += counts[i]!
    else found.set(category, (found.get(category) ?? 0) + counts[i]!)
  })
  return { counts: found, negativeRows }
}
