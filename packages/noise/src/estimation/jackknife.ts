/** A number, and how far it would be off were other items drawn. */
export interface Estimate {
  /** The estimate. */
  readonly value: number
  /** Its standard error, in the same unit; NaN where it cannot be had, such as from one item. */
  readonly standardError: number
}

/** `[width]` Sums over the rows of `[items, width]`. */
export function columnSums(rows: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  for (let at = 0; at < rows.length; at++) sums[at % width]! += rows[at]!
  return sums
}

/**
 * A statistic of sums over items, with its standard error by leaving one item out at a time: √((n−1)/n Σ(θ₍ᵢ₎ − θ̄)²).
 * Items are taken as drawn independently; votes on one item may depend on each other in any way.
 *
 * Source: Efron and Stein (1981).
 *
 * @param rows `[items, width]` What each item adds to the sums.
 */
export function jackknife(
  rows: Float64Array,
  width: number,
  statistic: (sums: Float64Array) => number,
): Estimate {
  const count = rows.length / width
  const sums = columnSums(rows, width)
  const value = statistic(sums)
  const rest = new Float64Array(width)
  let [mean, squares] = [0, 0]
  for (let item = 0; item < count; item++) {
    for (let k = 0; k < width; k++) rest[k] = sums[k]! - rows[item * width + k]!
    // Welford's update: differences between near-equal numbers keep their digits.
    const change = statistic(rest) - value - mean
    mean += change / (item + 1)
    squares += (change * change * item) / (item + 1)
  }
  const standardError = count < 2 ? Number.NaN : Math.sqrt(((count - 1) / count) * squares)
  return { value, standardError }
}
