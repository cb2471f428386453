import { type StableOrder, stableOrder } from './stable-order'

/** `Math.fround`, or nothing. */
export type Rounding = (value: number) => number

const exact: Rounding = (value) => value

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i]!
  values[i] = values[j]!
  values[j] = value
}

/** Moves the `place`-th largest of the first `count` values to its place, larger ones before it, smaller ones behind. */
function select(values: Float64Array, count: number, place: number): void {
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = values[(low + high) >>> 1]!
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! > pivot) i++
      while (values[j]! < pivot) j--
      if (i <= j) swap(values, i++, j--)
    }
    if (place <= j) high = j
    else if (place >= i) low = i
    else return
  }
}

function largest(values: Float64Array, from: number, to: number): number {
  let most = values[from]!
  for (let i = from + 1; i < to; i++) if (values[i]! > most) most = values[i]!
  return most
}

/**
 * The `alpha` quantile of the first `count` values, whose order it changes: between two neighbours in sorted order it lies
 * on the line from one to the other. `round` is applied to what is computed: LightGBM's numbers are floats where the values
 * are labels.
 *
 * Source: LightGBM, `PercentileFun`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 */
export function percentile(
  values: Float64Array,
  count: number,
  alpha: number,
  round: Rounding = exact,
): number {
  if (count <= 1) return values[0]!
  const place = (count - 1) * (1 - alpha)
  const above = Math.trunc(place)
  if (above + 1 >= count) {
    select(values, count, count - 1)
    return values[count - 1]!
  }
  select(values, count, above)
  const upper = values[above]!
  const lower = largest(values, above + 1, count)
  return round(upper - round(upper - lower) * (place - above))
}

/** First place whose sum is above the threshold, or `count`. */
function upperBound(sums: Float64Array, count: number, threshold: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sums[middle]! > threshold) high = middle
    else low = middle + 1
  }
  return low
}

/** Finds weighted quantiles of up to as many values as it was made for. */
export interface WeightedPercentile {
  /** The caller fills the first `count`. */
  readonly values: Float64Array
  /** The caller fills the first `count`; weights ≥ 0. */
  readonly weights: Float64Array
  percentile(count: number, alpha: number, round?: Rounding): number
}

/**
 * Makes a {@link WeightedPercentile} of up to `most` values. In the order of the values, their weights are summed up to
 * `alpha` of the whole. The quantile lies on the line between the value where the sum passes that and the one before it,
 * as LightGBM has it only where the weight of the first is at least 1; else it is the one before.
 *
 * Source: LightGBM, `WeightedPercentileFun`. Proven against LightGBM 4.7.0 (`objectives/goldens.test.ts`).
 */
export function weightedPercentile(most: number): WeightedPercentile {
  const order: StableOrder = stableOrder(most)
  const values = new Float64Array(most)
  const weights = new Float64Array(most)
  const sums = new Float64Array(most)
  return {
    values,
    weights,
    percentile(count, alpha, round = exact) {
      if (count <= 1) return values[0]!
      order.keys.set(values.subarray(0, count))
      const sorted = order.sort(count)
      sums[0] = weights[sorted[0]!]!
      for (let i = 1; i < count; i++) sums[i] = sums[i - 1]! + weights[sorted[i]!]!
      const threshold = sums[count - 1]! * alpha
      const place = Math.min(upperBound(sums, count, threshold), count - 1)
      const upper = values[sorted[place]!]!
      if (place === 0 || place === count - 1) return upper
      const lower = values[sorted[place - 1]!]!
      const width = sums[place]! - sums[place - 1]!
      if (width < 1) return lower
      return round(((threshold - sums[place - 1]!) / width) * round(upper - lower) + lower)
    },
  }
}
