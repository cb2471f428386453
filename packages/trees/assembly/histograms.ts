import {
  BLOCK_ADDRESS,
  BLOCK_BYTES,
  BLOCK_BYTES_PER_BIN,
  BLOCK_COLUMNS,
  BLOCK_FEATURES,
  BLOCK_FIRST_FEATURE,
  BLOCK_HISTOGRAM,
  BLOCK_LANES,
  BLOCK_LANE_STRIDE,
  BLOCK_ROW_STRIDE,
  FEATURE_BINS,
  FEATURE_BYTES,
  FEATURE_HISTOGRAM,
  FEATURE_MOST_FREQUENT,
  FEATURE_NUMBER,
  FEW_LANES,
  GATHER,
  LANES,
  LARGE_STRIDE,
  LEAF_HISTOGRAM,
  LEAF_SPLITTABLE,
  MIDDLE_STRIDE,
  SCRATCH_BYTES,
  SMALL_STRIDE,
  SUM_BYTES,
  TASK_ALL_ROWS,
  TASK_BLOCKS,
  TASK_BLOCK_COUNT,
  TASK_COUNT,
  TASK_FEATURES,
  TASK_GROUP,
  TASK_LARGER,
  TASK_PAIRS,
  TASK_ROWS,
  TASK_SCRATCH,
  TASK_SMALLER,
  TASK_USED,
} from '../src/kernels/layout'
import { address, int } from './fields'
import { findSplit, fixMostFrequent, resetResult } from './splits'

/**
 * A group of blocks: the smaller leaf's histograms from its rows, the larger leaf's by subtraction from its parent's, and the
 * best split of each.
 */
export function histograms(args: usize, item: i32, slot: i32): void {
  const group = int(args, TASK_GROUP)
  const first = item * group
  const end = min(first + group, int(args, TASK_BLOCK_COUNT))
  let wanted = 0
  for (let block = first; block < end; block++) {
    if (beginBlock(args, block)) wanted |= 1 << (block - first)
  }
  const count = int(args, TASK_COUNT)
  for (let begin = 0; begin < count; begin += GATHER) {
    const some = min(GATHER, count - begin)
    for (let block = first; block < end; block++) {
      if (wanted & (1 << (block - first))) addRows(args, block, begin, some, slot)
    }
  }
  for (let block = first; block < end; block++) {
    if (wanted & (1 << (block - first))) findSplits(args, block)
  }
}

// @ts-ignore: decorator
@inline
function blockOf(args: usize, number: i32): usize {
  return address(args, TASK_BLOCKS) + number * BLOCK_BYTES
}

/** Clears a block's histograms and results; false where none of its features is wanted. */
function beginBlock(args: usize, number: i32): bool {
  const block = blockOf(args, number)
  const smaller = address(args, TASK_SMALLER)
  const larger = address(args, TASK_LARGER)
  resetResult(smaller, number)
  if (larger) resetResult(larger, number)
  const features = address(args, TASK_FEATURES) + int(block, BLOCK_FIRST_FEATURE) * FEATURE_BYTES
  const end = features + int(block, BLOCK_FEATURES) * FEATURE_BYTES
  if (!anyWanted(args, smaller, larger, features, end)) return false
  const histogram = address(smaller, LEAF_HISTOGRAM) + address(block, BLOCK_HISTOGRAM)
  memory.fill(histogram, 0, address(block, BLOCK_LANE_STRIDE) * int(block, BLOCK_LANES))
  return true
}

function findSplits(args: usize, number: i32): void {
  const block = blockOf(args, number)
  const smaller = address(args, TASK_SMALLER)
  const larger = address(args, TASK_LARGER)
  const features = address(args, TASK_FEATURES) + int(block, BLOCK_FIRST_FEATURE) * FEATURE_BYTES
  const end = features + int(block, BLOCK_FEATURES) * FEATURE_BYTES
  const at = address(block, BLOCK_HISTOGRAM)
  const histogram = address(smaller, LEAF_HISTOGRAM) + at
  const parent = larger ? address(larger, LEAF_HISTOGRAM) + at : 0
  for (let feature = features; feature < end; feature += FEATURE_BYTES) {
    if (!isWanted(args, larger, int(feature, FEATURE_NUMBER))) continue
    const shift = address(feature, FEATURE_HISTOGRAM)
    fixMostFrequent(histogram + shift, feature, smaller)
    findSplit(args, smaller, histogram + shift, feature, number)
    if (larger) {
      subtract(parent + shift, histogram + shift, feature)
      findSplit(args, larger, parent + shift, feature, number)
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

/** Adds some of the leaf's rows to a block's histograms. */
function addRows(args: usize, number: i32, begin: i32, count: i32, slot: i32): void {
  const block = blockOf(args, number)
  const histogram = address(address(args, TASK_SMALLER), LEAF_HISTOGRAM) + address(block, BLOCK_HISTOGRAM)
  const pairs = address(args, TASK_PAIRS) + ((<usize>begin) << 3)
  const all = address(args, TASK_ROWS)
  const rows = all ? all + ((<usize>begin) << 2) : 0
  const lanes = wantedLanes(args, block)
  if (popcnt(lanes) <= FEW_LANES) addLanes(args, block, lanes, rows, begin, count, pairs, histogram)
  else addBlock(args, block, rows, begin, count, pairs, histogram, slot)
}

/** Lanes of features that are wanted, as bits. */
function wantedLanes(args: usize, block: usize): i32 {
  const larger = address(args, TASK_LARGER)
  const stride = int(block, BLOCK_LANE_STRIDE)
  const features = address(args, TASK_FEATURES) + int(block, BLOCK_FIRST_FEATURE) * FEATURE_BYTES
  const end = features + int(block, BLOCK_FEATURES) * FEATURE_BYTES
  let lanes = 0
  for (let feature = features; feature < end; feature += FEATURE_BYTES) {
    if (!isWanted(args, larger, int(feature, FEATURE_NUMBER))) continue
    // One sum further on it is still the same lane, as lanes have one to spare.
    lanes |= 1 << ((int(feature, FEATURE_HISTOGRAM) + SUM_BYTES) / stride)
  }
  return lanes
}

function addLanes(
  args: usize,
  block: usize,
  lanes: i32,
  rows: usize,
  begin: i32,
  count: i32,
  pairs: usize,
  histogram: usize,
): void {
  const stride = address(block, BLOCK_LANE_STRIDE)
  const bytes = address(block, BLOCK_BYTES_PER_BIN)
  const columnBytes = address(args, TASK_ALL_ROWS) * bytes
  for (let lane: usize = 0; lane < <usize>LANES; lane++) {
    if ((lanes & (1 << <i32>lane)) === 0) continue
    const column = address(block, BLOCK_COLUMNS) + lane * columnBytes
    const to = histogram + lane * stride
    if (bytes === 2) addColumn<u16>(column, rows, begin, count, pairs, to)
    else addColumn<u8>(column, rows, begin, count, pairs, to)
  }
}

function addColumn<Bin>(
  column: usize,
  rows: usize,
  begin: i32,
  count: i32,
  pairs: usize,
  histogram: usize,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = rows ? <usize>load<u32>(rows + (i << 2)) : <usize>begin + i
    const bin = <usize>load<Bin>(column + row * sizeof<Bin>())
    add(histogram + (bin << 4), f64x2.promote_low_f32x4(v128.load64_zero(pairs + (i << 3))))
  }
}

function addBlock(
  args: usize,
  block: usize,
  rows: usize,
  begin: i32,
  count: i32,
  pairs: usize,
  histogram: usize,
  slot: i32,
): void {
  const lanes = int(block, BLOCK_LANES)
  const laneStride = int(block, BLOCK_LANE_STRIDE)
  const bins = address(block, BLOCK_ADDRESS)
  const stride = address(block, BLOCK_ROW_STRIDE)
  if (int(block, BLOCK_BYTES_PER_BIN) === 2) {
    addWide(bins, stride, rows, begin, count, pairs, histogram, laneStride)
  } else if (rows) {
    const scratch = address(args, TASK_SCRATCH) + slot * SCRATCH_BYTES
    gather(bins, stride, rows, count, scratch)
    addBytes(scratch, 8, count, pairs, histogram, lanes, laneStride)
  } else {
    addBytes(bins + <usize>begin * stride, stride, count, pairs, histogram, lanes, laneStride)
  }
}

/** The bins of some rows, side by side: a loop that does nothing else keeps many cache misses under way at once. */
function gather(bins: usize, stride: usize, rows: usize, count: i32, out: usize): void {
  const end = rows + ((<usize>count) << 2)
  let to = out
  for (let row = rows; row < end; row += 4) {
    store<u64>(to, load<u64>(bins + <usize>load<u32>(row) * stride))
    to += 8
  }
}

function addBytes(bins: usize, rowStride: usize, count: i32, pairs: usize, histogram: usize, lanes: i32, stride: i32): void {
  if (lanes <= 4) addFour(bins, rowStride, count, pairs, histogram, stride)
  else if (stride === SMALL_STRIDE) addEight(bins, rowStride, count, pairs, histogram, SMALL_STRIDE)
  else if (stride === MIDDLE_STRIDE) addEight(bins, rowStride, count, pairs, histogram, MIDDLE_STRIDE)
  else addEight(bins, rowStride, count, pairs, histogram, LARGE_STRIDE)
}

// @ts-ignore: decorator
@inline
function add(at: usize, pair: v128): void {
  v128.store(at, f64x2.add(v128.load(at), pair))
}

// @ts-ignore: decorator
@inline
function addEight(bins: usize, rowStride: usize, count: i32, pairs: usize, histogram: usize, stride: usize): void {
  const end = bins + <usize>count * rowStride
  let from = pairs
  for (let row = bins; row < end; row += rowStride) {
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
function addFour(bins: usize, rowStride: usize, count: i32, pairs: usize, histogram: usize, stride: i32): void {
  const end = bins + <usize>count * rowStride
  const second = histogram + stride
  const third = second + stride
  const fourth = third + stride
  let from = pairs
  for (let row = bins; row < end; row += rowStride) {
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
function addWide(
  bins: usize,
  rowStride: usize,
  rows: usize,
  begin: i32,
  count: i32,
  pairs: usize,
  histogram: usize,
  stride: i32,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + (i << 3)))
    const row = rows ? <usize>load<u32>(rows + (i << 2)) : <usize>begin + i
    let bin = bins + row * rowStride
    let lane = histogram
    const end = bin + 16
    while (bin < end) {
      add(lane + ((<usize>load<u16>(bin)) << 4), pair)
      bin += 2
      lane += stride
    }
  }
}
