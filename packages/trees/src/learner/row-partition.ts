import type { LanePlace } from '../binning/binned-features'
import type { FeatureBins } from '../binning/feature-bins'
import type { Engine } from '../kernels/engine'
import {
  CHUNK,
  KERNEL_COLLECT,
  KERNEL_PARTITION,
  PARTITION_BYTES,
  PARTITION_CHUNK_BYTES,
} from '../kernels/layout'
import type { Split } from './split'

/** Where the values of one feature's lane are, row by row. */
export interface LaneColumn {
  readonly address: number
  readonly bytesPerBin: 1 | 2
  /** One more than the largest value. */
  readonly values: number
  readonly place: LanePlace
}

/** Row numbers in an order in which those of each leaf are side by side, ascending. */
export interface RowPartition {
  /** Address of the order, as u32. */
  readonly rows: number
  /** Puts all rows, or those of the bag, into one leaf; returns how many there are. */
  reset(bag: Int32Array | undefined): number
  /** Divides `count` rows from place `begin` on; returns how many go left. */
  divide(begin: number, count: number, column: LaneColumn, split: Split, bins: FeatureBins): number
}

/** Room for the order of so many rows, and for lanes of so many values. */
export function createRowPartition(engine: Engine, capacity: number, maxValues: number): RowPartition {
  const rows = engine.allocate(capacity * 4)
  const left = engine.allocate(capacity * 4)
  const right = engine.allocate(capacity * 4)
  const goesLeft = engine.allocate(maxValues)
  const chunks = engine.allocate(Math.ceil(capacity / CHUNK) * PARTITION_CHUNK_BYTES)
  const args = engine.allocate(PARTITION_BYTES)
  return {
    rows,
    reset(bag) {
      const order = engine.i32(rows, capacity)
      if (bag) order.set(bag)
      else for (let row = 0; row < capacity; row++) order[row] = row
      return bag?.length ?? capacity
    },
    divide(begin, count, column, split, bins) {
      engine.u8(goesLeft, column.values).set(laneSides(sides(split, bins), column, bins))
      const at = begin * 4
      const task = [rows + at, count, left, right, column.address, column.bytesPerBin, goesLeft, chunks]
      engine.i32(args, task.length).set(task)
      const items = Math.ceil(count / CHUNK)
      engine.parallel(KERNEL_PARTITION, args, items)
      const lefts = placeChunks(engine.i32(chunks, (items * PARTITION_CHUNK_BYTES) / 4), count)
      engine.parallel(KERNEL_COLLECT, args, items)
      return lefts
    },
  }
}

/** `[values]` 1 where rows of a value go left, from the same by bin. */
function laneSides(sides: Uint8Array, { values, place }: LaneColumn, bins: FeatureBins): Uint8Array {
  if (!place.bundled) return sides
  const { mostFrequentBin, numBins } = bins
  const left = new Uint8Array(values).fill(sides[mostFrequentBin]!)
  for (let bin = mostFrequentBin === 0 ? 1 : 0; bin < numBins; bin++) left[place.first + bin] = sides[bin]!
  return left
}

/** `[bins]` 1 where rows of a bin go left. */
function sides({ condition }: Split, { numBins, missing, defaultBin }: FeatureBins): Uint8Array {
  const left = new Uint8Array(numBins)
  if ('categories' in condition) {
    for (const bin of condition.categories) left[bin] = 1
    return left
  }
  left.fill(1, 0, condition.threshold + 1)
  const missingBin = { none: -1, zero: defaultBin, nan: numBins - 1 }[missing]
  if (missingBin >= 0) left[missingBin] = condition.defaultLeft ? 1 : 0
  return left
}

/** Writes where each chunk's rows belong; returns how many go left in all. */
function placeChunks(chunks: Int32Array, count: number): number {
  const words = PARTITION_CHUNK_BYTES / 4
  let lefts = 0
  for (let chunk = 0; chunk < chunks.length; chunk += words) lefts += chunks[chunk]!
  let [left, right] = [0, lefts]
  for (let chunk = 0, begin = 0; chunk < chunks.length; chunk += words, begin += CHUNK) {
    chunks[chunk + 1] = left
    chunks[chunk + 2] = right
    left += chunks[chunk]!
    right += Math.min(CHUNK, count - begin) - chunks[chunk]!
  }
  return lefts
}
