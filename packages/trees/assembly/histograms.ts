import {
  BLOCK_ADDRESS,
  BLOCK_BYTES,
  BLOCK_BYTES_PER_BIN,
  BLOCK_FEATURES,
  BLOCK_FIRST_FEATURE,
  BLOCK_HISTOGRAM,
  BLOCK_LANE_STRIDE,
  BLOCK_LANES,
  FEATURE_BINS,
  FEATURE_BYTES,
  FEATURE_HISTOGRAM,
  FEATURE_MOST_FREQUENT,
  FEATURE_NUMBER,
  LEAF_HISTOGRAM,
  LEAF_SPLITTABLE,
  TASK_BLOCKS,
  TASK_COUNT,
  TASK_FEATURES,
  TASK_LARGER,
  TASK_PAIRS,
  TASK_ROWS,
  TASK_SCRATCH,
  TASK_SMALLER,
  TASK_USED,
} from '../src/kernels/layout'
import { address, int } from './fields'
import { findSplit, fixMostFrequent, resetResult } from './splits'

/** Rows whose bins are gathered before they are added up: their bytes stay in the first-level cache. */
const GATHER = 512
/** Bytes of a thread's room for gathered bins of two bytes. */
const SCRATCH_BYTES = 8192
// Bytes of a histogram of 16, 64 and 256 bins and one spare: the spare keeps equal bins of the lanes off one cache set.
const SMALL_STRIDE = 272
const MIDDLE_STRIDE = 1040
const LARGE_STRIDE = 4112

/**
 * One block of features: the smaller leaf's histograms from its rows, the larger leaf's by subtraction from its parent's,
 * and the best split of each, while the histograms are still in the cache.
 */
export function histograms(args: usize, item: i32, slot: i32): void {
  const block = address(args, TASK_BLOCKS) + item * BLOCK_BYTES
  const lanes = int(block, BLOCK_LANES)
  const smaller = address(args, TASK_SMALLER)
  const larger = address(args, TASK_LARGER)
  resetResult(smaller, item)
  if (larger) resetResult(larger, item)

  const features = address(args, TASK_FEATURES) + int(block, BLOCK_FIRST_FEATURE) * FEATURE_BYTES
  const end = features + int(block, BLOCK_FEATURES) * FEATURE_BYTES
  if (!anyWanted(args, smaller, larger, features, end)) return

  const at = address(block, BLOCK_HISTOGRAM)
  const stride = address(block, BLOCK_LANE_STRIDE)
  const histogram = address(smaller, LEAF_HISTOGRAM) + at
  memory.fill(histogram, 0, stride * lanes)
  addRows(args, block, lanes, histogram, <i32>stride, slot)

  const parent = larger ? address(larger, LEAF_HISTOGRAM) + at : 0
  for (let feature = features; feature < end; feature += FEATURE_BYTES) {
    if (!isWanted(args, larger, int(feature, FEATURE_NUMBER))) continue
    const shift = address(feature, FEATURE_HISTOGRAM)
    fixMostFrequent(histogram + shift, feature, smaller)
    findSplit(args, smaller, histogram + shift, feature, item)
    if (larger) {
      subtract(parent + shift, histogram + shift, feature)
      findSplit(args, larger, parent + shift, feature, item)
    }
  }
}

/** Whether any feature is to be looked at; those that are not have no split in the smaller leaf. */
function anyWanted(args: usize, smaller: usize, larger: usize, features: usize, end: usize): bool {
  const splittable = address(smaller, LEAF_SPLITTABLE)
  let any = false
  for (let feature = features; feature < end; feature += FEATURE_BYTES) {
    const number = int(feature, FEATURE_NUMBER)
    if (isWanted(args, larger, number)) any = true
    else store<u8>(splittable + number, 0)
  }
  return any
}

/** The tree may use it, and the parent, whose flags the larger leaf still has, had a split of it worth making. */
// @ts-ignore: decorator
@inline
function isWanted(args: usize, larger: usize, number: i32): bool {
  if (load<u8>(address(args, TASK_USED) + number) === 0) return false
  return larger === 0 || load<u8>(address(larger, LEAF_SPLITTABLE) + number) !== 0
}

/** The stored bins of one feature: bin 0 is not, where most rows have it. */
function subtract(from: usize, what: usize, feature: usize): void {
  const first: usize = int(feature, FEATURE_MOST_FREQUENT) === 0 ? 16 : 0
  const end = what + ((<usize>int(feature, FEATURE_BINS)) << 4)
  let to = from + first
  for (let bin = what + first; bin < end; bin += 16) {
    v128.store(to, f64x2.sub(v128.load(to), v128.load(bin)))
    to += 16
  }
}

function addRows(args: usize, block: usize, lanes: i32, histogram: usize, stride: i32, slot: i32): void {
  const rows = address(args, TASK_ROWS)
  const count = int(args, TASK_COUNT)
  const pairs = address(args, TASK_PAIRS)
  const bins = address(block, BLOCK_ADDRESS)
  if (int(block, BLOCK_BYTES_PER_BIN) === 2) {
    addWide(bins, rows, count, pairs, histogram, stride)
    return
  }
  if (rows === 0) {
    addBytes(bins, count, pairs, histogram, lanes, stride)
    return
  }
  const scratch = address(args, TASK_SCRATCH) + slot * SCRATCH_BYTES
  for (let begin = 0; begin < count; begin += GATHER) {
    const some = min(GATHER, count - begin)
    gather(bins, rows + ((<usize>begin) << 2), some, scratch)
    addBytes(scratch, some, pairs + ((<usize>begin) << 3), histogram, lanes, stride)
  }
}

/** The bins of some rows, side by side: a loop that does nothing else keeps many cache misses under way at once. */
function gather(bins: usize, rows: usize, count: i32, out: usize): void {
  const end = rows + ((<usize>count) << 2)
  let to = out
  for (let row = rows; row < end; row += 4) {
    store<u64>(to, load<u64>(bins + ((<usize>load<u32>(row)) << 3)))
    to += 8
  }
}

function addBytes(bins: usize, count: i32, pairs: usize, histogram: usize, lanes: i32, stride: i32): void {
  if (lanes <= 4) addFour(bins, count, pairs, histogram, stride)
  else if (stride === SMALL_STRIDE) addEight(bins, count, pairs, histogram, SMALL_STRIDE)
  else if (stride === MIDDLE_STRIDE) addEight(bins, count, pairs, histogram, MIDDLE_STRIDE)
  else addEight(bins, count, pairs, histogram, LARGE_STRIDE)
}

// @ts-ignore: decorator
@inline
function add(at: usize, pair: v128): void {
  v128.store(at, f64x2.add(v128.load(at), pair))
}

// @ts-ignore: decorator
@inline
function addEight(bins: usize, count: i32, pairs: usize, histogram: usize, stride: usize): void {
  const end = bins + ((<usize>count) << 3)
  let from = pairs
  for (let row = bins; row < end; row += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(from))
    const low = load<u32>(row)
    const high = load<u32>(row, 4)
    add(histogram + ((low << 4) & 0xff0), pair)
    add(histogram + ((low >> 4) & 0xff0) + stride, pair)
    add(histogram + ((low >> 12) & 0xff0) + stride * 2, pair)
    add(histogram + ((low >> 20) & 0xff0) + stride * 3, pair)
    add(histogram + ((high << 4) & 0xff0) + stride * 4, pair)
    add(histogram + ((high >> 4) & 0xff0) + stride * 5, pair)
    add(histogram + ((high >> 12) & 0xff0) + stride * 6, pair)
    add(histogram + ((high >> 20) & 0xff0) + stride * 7, pair)
    from += 8
  }
}

/** The last block may have few features. */
function addFour(bins: usize, count: i32, pairs: usize, histogram: usize, stride: i32): void {
  const end = bins + ((<usize>count) << 3)
  const second = histogram + stride
  const third = second + stride
  const fourth = third + stride
  let from = pairs
  for (let row = bins; row < end; row += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(from))
    const low = load<u32>(row)
    add(histogram + ((low << 4) & 0xff0), pair)
    add(second + ((low >> 4) & 0xff0), pair)
    add(third + ((low >> 12) & 0xff0), pair)
    add(fourth + ((low >> 20) & 0xff0), pair)
    from += 8
  }
}

/** Bins of two bytes, for more than 256 of them. */
function addWide(bins: usize, rows: usize, count: i32, pairs: usize, histogram: usize, stride: i32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (i << 3)))
    const row = rows ? <usize>load<u32>(rows + (i << 2)) : i
    let bin = bins + (row << 4)
    let lane = histogram
    const end = bin + 16
    while (bin < end) {
      add(lane + ((<usize>load<u16>(bin)) << 4), pair)
      bin += 2
      lane += stride
    }
  }
}
