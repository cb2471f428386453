import {
  ENCODE_BLOCK,
  ENCODE_BYTES_PER_BIN,
  ENCODE_CHUNK,
  ENCODE_COLUMNS,
  ENCODE_LANE_COUNT,
  ENCODE_LANES,
  ENCODE_ROWS,
  ENCODE_STRIDE,
  LANE_BOUNDS,
  LANE_BYTES,
  LANE_COLUMN,
  LANE_COUNT,
  LANE_MAP,
  LANE_NAN,
  LANE_SEARCHED,
  LANE_SINGLE,
  LANE_STEP,
  LANE_TABLE,
} from '../src/binning/layout'
import { LANES } from '../src/kernels/layout'
import { address, int } from './fields'
import { keyOf } from './sort-numbers'

/** The largest single-precision number up to a double: of singles, the same ones are above it. */
function floorToSingle(value: f64): f32 {
  const single = <f32>value
  if (!(<f64>single > value)) return single
  const bits = reinterpret<u32>(single)
  return reinterpret<f32>(single > 0 ? bits - 1 : single == 0 ? 0x80000001 : bits + 1)
}

/** Table and bounds of one lane, by which its numbers find their bins. */
export function lookupTables(args: usize, item: i32): void {
  const lane = address(args, ENCODE_LANES) + item * LANE_BYTES
  if (int(lane, LANE_SINGLE)) prepare<f32>(lane)
  else prepare<f64>(lane)
}

function prepare<F>(lane: usize): void {
  const bounds = address(lane, LANE_BOUNDS)
  const searched = address(lane, LANE_SEARCHED)
  const table = address(lane, LANE_TABLE)
  const count = int(lane, LANE_COUNT)
  let filled = 0
  let most = 0
  let first = 0
  for (let i = 0; i < count; i++) {
    const bound = sizeof<F>() == 4 ? <F>floorToSingle(load<f64>(bounds + ((<usize>i) << 3))) : <F>load<f64>(bounds + ((<usize>i) << 3))
    store<F>(searched + <usize>i * sizeof<F>(), bound)
    // The last bound is +∞, and nothing is above it.
    if (i == count - 1) break
    const cell = cellOf<F>(bound)
    // Up to this cell, `first` bounds are surely below; further on, all before this one.
    if (cell + 1 > filled) {
      fillCells(table, filled, cell + 1, first = i)
      filled = cell + 1
    }
    most = max(most, i - first + 1)
  }
  fillCells(table, filled, 65536, count - 1)
  for (let i = count; i < 2 * count; i++) store<F>(searched + <usize>i * sizeof<F>(), <F>Infinity)
  store<i32>(lane + (LANE_STEP << 2), stepFor(most))
}

/** Half of the smallest power of 2 above `most`; 0 of 0. */
function stepFor(most: i32): i32 {
  return most == 0 ? 0 : 1 << (31 - clz(most))
}

// @ts-ignore: decorator
@inline
function cellOf<F>(value: F): i32 {
  if (sizeof<F>() == 4) return <i32>(keyOf<F, u32>(value) >> 16)
  return <i32>(keyOf<F, u64>(value) >> 48)
}

/** Cells are in the order of numbers, the table in that of their bits. */
function fillCells(table: usize, from: i32, to: i32, value: i32): void {
  if (from < 0x8000) {
    const end = min(to, 0x8000)
    fill16(table + (<usize>(0x10000 - end) << 1), end - from, value)
  }
  if (to > 0x8000) {
    const begin = max(from, 0x8000)
    fill16(table + (<usize>(begin - 0x8000) << 1), to - begin, value)
  }
}

function fill16(start: usize, count: i32, value: i32): void {
  const end = start + (<usize>count << 1)
  let at = start
  const eight = i16x8.splat(<i16>value)
  for (; at + 16 <= end; at += 16) v128.store(at, eight)
  for (; at < end; at += 2) store<u16>(at, <u16>value)
}

/** Bins of some rows of a block. */
export function encodeBins(args: usize, item: i32): void {
  const begin = item * ENCODE_CHUNK
  const end = min(begin + ENCODE_CHUNK, int(args, ENCODE_ROWS))
  const lanes = int(args, ENCODE_LANE_COUNT)
  const bytes = int(args, ENCODE_BYTES_PER_BIN)
  const stride = address(args, ENCODE_STRIDE)
  const rows = address(args, ENCODE_ROWS)
  const first = address(args, ENCODE_BLOCK) + <usize>begin * stride
  const columns = address(args, ENCODE_COLUMNS) + <usize>begin * bytes
  if (lanes < LANES) clearLanes(first, end - begin, stride, bytes)
  for (let i = 0; i < lanes; i++) {
    const lane = address(args, ENCODE_LANES) + i * LANE_BYTES
    const out = first + <usize>i * bytes
    const column = columns + <usize>i * rows * bytes
    if (int(lane, LANE_SINGLE)) {
      if (bytes == 1) encode<f32, u8>(lane, begin, end, out, stride, column)
      else encode<f32, u16>(lane, begin, end, out, stride, column)
    } else if (bytes == 1) encode<f64, u8>(lane, begin, end, out, stride, column)
    else encode<f64, u16>(lane, begin, end, out, stride, column)
  }
}

/** Lanes of no feature hold 0, as do all before theirs are written. */
function clearLanes(first: usize, rows: i32, stride: usize, bytes: i32): void {
  let at = first
  for (let row = 0; row < rows; row++) {
    store<u64>(at, 0)
    if (bytes == 2) store<u64>(at, 0, 8)
    at += stride
  }
}

function encode<F, B>(lane: usize, begin: i32, end: i32, out: usize, stride: usize, alone: usize): void {
  const column = address(lane, LANE_COLUMN)
  const table = address(lane, LANE_TABLE)
  const searched = address(lane, LANE_SEARCHED)
  const nan = address(lane, LANE_NAN)
  const most = address(lane, LANE_STEP)
  const map = address(lane, LANE_MAP)
  const last = column + <usize>end * sizeof<F>()
  let to = out
  let again = alone
  for (let at = column + <usize>begin * sizeof<F>(); at < last; at += sizeof<F>()) {
    const value = load<F>(at)
    // The highest 16 bits.
    let rank = <usize>load<u16>(table + ((<usize>load<u16>(at + sizeof<F>() - 2)) << 1))
    for (let step = most; step > 0; step >>= 1) {
      const above = value > load<F>(searched + (rank + step - 1) * sizeof<F>())
      rank = above ? rank + step : rank
    }
    if (map) rank = <usize>load<u16>(map + (rank << 1))
    const bin = <B>(value == value ? rank : nan)
    store<B>(to, bin)
    store<B>(again, bin)
    to += stride
    again += sizeof<B>()
  }
}
