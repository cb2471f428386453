import {
  FIND_COLUMN_BYTES,
  FIND_COLUMNS,
  FIND_MAX_BINS,
  FIND_MIN_DATA,
  FIND_RESULT_BYTES,
  FIND_RESULTS,
  FIND_SAMPLE,
  FIND_SAMPLED,
  FIND_SCRATCH,
  FIND_SCRATCH_BYTES,
  FIND_SINGLE,
  FIND_SLOTS,
  FIND_USE_MISSING,
  FIND_ZERO_AS_MISSING,
  FOUND_BINS,
  FOUND_BOUNDS,
  FOUND_LEAST,
  FOUND_MISSING,
  FOUND_MOST,
} from '../src/binning/layout'
import { MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../src/kernels/layout'
import { address, int } from './fields'
import { boundsAroundZero, ZERO_THRESHOLD } from './greedy-bounds'
import { COUNTERS_BYTES, countDigits, keyOf, numberOf, sortKeys } from './sort-numbers'

/** Bounds of one numerical column from its sampled values: src/binning/find-feature-bins.ts. */
export function findBounds(args: usize, item: i32, slot: i32): void {
  if (int(args, FIND_SINGLE)) findBoundsOf<f32, u32>(args, item, slot)
  else findBoundsOf<f64, u64>(args, item, slot)
}

function findBoundsOf<F, K>(args: usize, item: i32, slot: i32): void {
  const rows = int(args, FIND_SAMPLED)
  const counters = address(args, FIND_SCRATCH) + slot * address(args, FIND_SCRATCH_BYTES)
  const room = (<usize>rows + 2) * 8
  const keys = counters + COUNTERS_BYTES
  const other = keys + room
  const values = other + room
  const counts = values + room
  const column = address(args, FIND_COLUMNS) +
    <usize>load<i32>(address(args, FIND_SLOTS) + (item << 2)) * address(args, FIND_COLUMN_BYTES)

  memory.fill(counters, 0, COUNTERS_BYTES)
  const read = readKeys<F, K>(column, address(args, FIND_SAMPLE), rows, keys, counters)
  const others = <i32>read
  const nan = <i32>(read >> 32)
  const sorted = sortKeys<K>(keys, other, others, counters)

  let missing = MISSING_NONE
  if (int(args, FIND_USE_MISSING)) {
    if (int(args, FIND_ZERO_AS_MISSING)) missing = MISSING_ZERO
    else if (nan > 0) missing = MISSING_NAN
  }
  const missingRows = missing == MISSING_NAN ? nan : 0
  const size = distinct<K>(sorted, others, rows - others - missingRows, values, counts)

  const found = address(args, FIND_RESULTS) + <usize>item * address(args, FIND_RESULT_BYTES)
  const bounds = found + FOUND_BOUNDS
  const maxBin = load<i32>(address(args, FIND_MAX_BINS) + (item << 2)) - (missing == MISSING_NAN ? 1 : 0)
  let bins = boundsAroundZero(values, counts, size, maxBin, rows - missingRows, int(args, FIND_MIN_DATA), bounds)
  if (missing == MISSING_NAN) {
    store<f64>(bounds + (<usize>bins << 3), NaN)
    bins++
  }
  countBins(values, counts, size, bounds, bins)
  if (missing == MISSING_NAN) store<i32>(bounds + (<usize>bins << 3) + ((<usize>bins - 1) << 2), nan)
  store<i32>(found + (FOUND_BINS << 2), bins)
  store<i32>(found + (FOUND_MISSING << 2), missing)
  store<f64>(found + (FOUND_LEAST << 3), load<f64>(values))
  store<f64>(found + (FOUND_MOST << 3), load<f64>(values + ((<usize>size - 1) << 3)))
}

/** Keys of the sampled numbers that are neither 0 nor NaN. Returns their count, and that of NaN in the upper half. */
function readKeys<F, K>(column: usize, sample: usize, rows: i32, keys: usize, counters: usize): u64 {
  let at = keys
  let nan: u64 = 0
  for (let i = 0; i < rows; i++) {
    const row = sample ? load<u32>(sample + ((<usize>i) << 2)) : <u32>i
    const value = load<F>(column + <usize>row * sizeof<F>())
    if (abs<F>(value) > <F>ZERO_THRESHOLD) {
      const key = keyOf<F, K>(value)
      store<K>(at, key)
      countDigits<K>(key, counters)
      at += sizeof<K>()
    } else if (value != value) nan++
  }
  return <u64>((at - keys) / sizeof<K>()) | (nan << 32)
}

/** Distinct numbers of sorted keys and their counts, 0 where it belongs; returns how many. */
function distinct<K>(sorted: usize, count: i32, zeros: i32, values: usize, counts: usize): i32 {
  let size = 0
  const end = sorted + <usize>count * sizeof<K>()
  // Doubles that differ in the last bit only are one; singles never do.
  const near: K = sizeof<K>() == 8 ? 1 : 0
  const zero = keyOf<f32, u32>(0)
  let at = sorted
  const positiveFirst = count == 0 || numberOf<K>(load<K>(sorted)) > 0
  if (count == 0 || (positiveFirst && zeros > 0)) size = add(values, counts, size, 0, zeros)
  let wasPositive = positiveFirst
  while (at < end) {
    let key = load<K>(at)
    const isPositive = sizeof<K>() == 8 ? <i64>key < 0 : <u32>key > zero
    if (isPositive && !wasPositive) {
      size = add(values, counts, size, 0, zeros)
      wasPositive = true
    }
    const first = at
    at += sizeof<K>()
    while (at < end) {
      const next = load<K>(at)
      if (next - key > near) break
      key = next
      at += sizeof<K>()
    }
    size = add(values, counts, size, numberOf<K>(key), <i32>((at - first) / sizeof<K>()))
  }
  if (count > 0 && !wasPositive && zeros > 0) size = add(values, counts, size, 0, zeros)
  return size
}

// @ts-ignore: decorator
@inline
function add(values: usize, counts: usize, size: i32, value: f64, count: i32): i32 {
  store<f64>(values + ((<usize>size) << 3), value)
  store<i32>(counts + ((<usize>size) << 2), count)
  return size + 1
}

/** Rows of each bin, after the bounds. */
function countBins(values: usize, counts: usize, size: i32, bounds: usize, bins: i32): void {
  const out = bounds + (<usize>bins << 3)
  memory.fill(out, 0, <usize>bins << 2)
  let i = 0
  for (let bin = 0; bin < bins; bin++) {
    const bound = bin == bins - 1 ? Infinity : load<f64>(bounds + ((<usize>bin) << 3))
    let rows = 0
    while (i < size && !(load<f64>(values + ((<usize>i) << 3)) > bound)) {
      rows += load<i32>(counts + ((<usize>i) << 2))
      i++
    }
    store<i32>(out + ((<usize>bin) << 2), rows)
  }
}
