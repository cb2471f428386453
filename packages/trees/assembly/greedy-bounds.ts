/** What LightGBM takes for 0: |value| up to 1e-35 in single precision. */
export const ZERO_THRESHOLD: f64 = <f64>(<f32>1e-35)

// @ts-ignore: decorator
@inline
function valueAt(values: usize, i: i32): f64 {
  return load<f64>(values + ((<usize>i) << 3))
}

// @ts-ignore: decorator
@inline
function countAt(counts: usize, i: i32): i32 {
  return load<i32>(counts + ((<usize>i) << 2))
}

/** The next larger double; of +∞ and NaN themselves. */
function nextUp(value: f64): f64 {
  if (!(value < Infinity)) return value
  if (value == 0) return 4.94065645841246544e-324
  return reinterpret<f64>(reinterpret<i64>(value) + (value > 0 ? 1 : -1))
}

/** Appends the bound between two values unless it is the last one; returns how many bounds there are then. */
function cut(values: usize, i: i32, bounds: usize, first: i32, size: i32): i32 {
  const bound = nextUp((valueAt(values, i) + valueAt(values, i + 1)) / 2)
  if (size > first && bound <= nextUp(valueAt(bounds, size - 1))) return size
  store<f64>(bounds + ((<usize>size) << 3), bound)
  return size + 1
}

/** src/binning/greedy-bounds.ts of the values from … to − 1; bounds are written from `first` on, and the new count returned. */
function greedyBounds(
  values: usize,
  counts: usize,
  from: i32,
  to: i32,
  maxBin: i32,
  rows: i32,
  minDataInBin: i32,
  bounds: usize,
  first: i32,
): i32 {
  let size = first
  if (to - from <= maxBin) {
    let inBin = 0
    for (let i = from; i < to - 1; i++) {
      inBin += countAt(counts, i)
      if (inBin < minDataInBin) continue
      const before = size
      size = cut(values, i, bounds, first, size)
      if (size > before) inBin = 0
    }
  } else {
    size = cutShares(values, counts, from, to, maxBin, rows, minDataInBin, bounds, first)
  }
  store<f64>(bounds + ((<usize>size) << 3), Infinity)
  return size + 1
}

function cutShares(
  values: usize,
  counts: usize,
  from: i32,
  to: i32,
  maxBin: i32,
  rows: i32,
  minDataInBin: i32,
  bounds: usize,
  first: i32,
): i32 {
  const most = max(1, min(maxBin, rows / minDataInBin))
  const big = <f64>rows / <f64>most
  let restBins = most
  let restRows = rows
  for (let i = from; i < to; i++) {
    const count = countAt(counts, i)
    if (<f64>count < big) continue
    restBins--
    restRows -= count
  }
  let share = <f64>restRows / <f64>restBins
  let inBin = 0
  let cuts = 0
  let size = first
  let count = countAt(counts, from)
  for (let i = from; i < to - 1 && cuts < most - 1; i++) {
    const next = countAt(counts, i + 1)
    const isBig = <f64>count >= big
    if (!isBig) restRows -= count
    inBin += count
    count = next
    if (!(isBig || <f64>inBin >= share || (<f64>next >= big && <f64>inBin >= max(1.0, share * 0.5)))) continue
    cuts++
    size = cut(values, i, bounds, first, size)
    inBin = 0
    if (isBig) continue
    restBins--
    share = <f64>restRows / <f64>restBins
  }
  return size
}

/** src/binning/greedy-bounds.ts; returns how many bounds were written. */
export function boundsAroundZero(
  values: usize,
  counts: usize,
  size: i32,
  maxBin: i32,
  rows: i32,
  minDataInBin: i32,
  bounds: usize,
): i32 {
  let negative = 0
  let negativeRows = 0
  while (negative < size && valueAt(values, negative) <= -ZERO_THRESHOLD) {
    negativeRows += countAt(counts, negative++)
  }
  let positive = negative
  let zeroRows = 0
  while (positive < size && valueAt(values, positive) <= ZERO_THRESHOLD) zeroRows += countAt(counts, positive++)
  let positiveRows = 0
  for (let i = positive; i < size; i++) positiveRows += countAt(counts, i)

  let found = 0
  if (negative > 0 && maxBin > 1) {
    const share = <i32>((<f64>negativeRows / <f64>(rows - zeroRows)) * <f64>(maxBin - 1))
    found = greedyBounds(values, counts, 0, negative, max(1, share), negativeRows, minDataInBin, bounds, 0)
    store<f64>(bounds + ((<usize>found - 1) << 3), -ZERO_THRESHOLD)
  }
  const rest = maxBin - 1 - found
  if (positive == size || rest <= 0) {
    store<f64>(bounds + ((<usize>found) << 3), Infinity)
    return found + 1
  }
  store<f64>(bounds + ((<usize>found) << 3), ZERO_THRESHOLD)
  return greedyBounds(values, counts, positive, size, rest, positiveRows, minDataInBin, bounds, found + 1)
}
