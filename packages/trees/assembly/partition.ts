import {
  CHUNK,
  PARTITION_BINS,
  PARTITION_BYTES_PER_BIN,
  PARTITION_CHUNK_BYTES,
  PARTITION_CHUNKS,
  PARTITION_COUNT,
  PARTITION_GOES_LEFT,
  PARTITION_LEFT,
  PARTITION_RIGHT,
  PARTITION_ROWS,
} from '../src/kernels/layout'
import { address, int } from './fields'

/** Divides a chunk of a leaf's rows by the bin of one feature, in order, and counts those that went left. */
export function partition(args: usize, item: i32): void {
  const begin = item * CHUNK
  const count = min(CHUNK, int(args, PARTITION_COUNT) - begin)
  const at = (<usize>begin) << 2
  const rows = address(args, PARTITION_ROWS) + at
  const left = address(args, PARTITION_LEFT) + at
  const right = address(args, PARTITION_RIGHT) + at
  const chunk = address(args, PARTITION_CHUNKS) + item * PARTITION_CHUNK_BYTES
  const wide = int(args, PARTITION_BYTES_PER_BIN) === 2
  store<i32>(
    chunk,
    wide ? divide<u16>(args, rows, count, left, right) : divide<u8>(args, rows, count, left, right),
  )
}

function divide<Bin>(args: usize, rows: usize, count: i32, left: usize, right: usize): i32 {
  const bins = address(args, PARTITION_BINS)
  const goesLeft = address(args, PARTITION_GOES_LEFT)
  let l = left
  let r = right
  const end = rows + ((<usize>count) << 2)
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at)
    const isLeft = <usize>load<u8>(goesLeft + <usize>load<Bin>(bins + <usize>row * sizeof<Bin>()))
    // Written to both sides, and kept on one: no branch to guess wrong.
    store<u32>(l, row)
    store<u32>(r, row)
    l += isLeft << 2
    r += (1 - isLeft) << 2
  }
  return <i32>((l - left) >> 2)
}

/** Copies a chunk's rows to where they belong once it is known how many went left before it. */
export function collect(args: usize, item: i32): void {
  const begin = item * CHUNK
  const count = min(CHUNK, int(args, PARTITION_COUNT) - begin)
  const at = (<usize>begin) << 2
  const rows = address(args, PARTITION_ROWS)
  const chunk = address(args, PARTITION_CHUNKS) + item * PARTITION_CHUNK_BYTES
  const lefts = load<i32>(chunk)
  memory.copy(
    rows + ((<usize>load<i32>(chunk, 4)) << 2),
    address(args, PARTITION_LEFT) + at,
    (<usize>lefts) << 2,
  )
  memory.copy(
    rows + ((<usize>load<i32>(chunk, 8)) << 2),
    address(args, PARTITION_RIGHT) + at,
    (<usize>(count - lefts)) << 2,
  )
}
