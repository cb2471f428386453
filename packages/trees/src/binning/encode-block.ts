import type { Engine } from '../kernels/engine'
import { KERNEL_ENCODE_BINS, KERNEL_LOOKUP_TABLES, LANES } from '../kernels/layout'
import type { LaneBlock } from './binned-features'
import type { ColumnStore } from './column-store'
import type { FeatureBins } from './feature-bins'
import {
  ENCODE_BLOCK,
  ENCODE_BYTES,
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
  LANE_TABLE,
  TABLE_BYTES,
} from './layout'
import { type Steps, stepsOf } from './steps'

/** Writes the bins of up to eight columns, for every row, to a block whose place is taken when its size is known. */
export type BlockEncoder = (
  columns: readonly { readonly slot: number }[],
  bins: readonly FeatureBins[],
  take: (bytesPerBin: 1 | 2) => BlockPlace,
) => LaneBlock

/** Where a block is to be: see {@link LaneBlock}. */
export type BlockPlace = Pick<LaneBlock, 'address' | 'stride' | 'columns'>

/** Bytes of the two arrays of bounds and the bins of ranks. */
const stepBytes = (count: number): number => 64 * Math.ceil((26 * count) / 64)

export function createBlockEncoder(engine: Engine, store: ColumnStore): BlockEncoder {
  const args = engine.allocate(ENCODE_BYTES)
  const lanes = engine.allocate(LANE_BYTES * LANES)
  const tables = engine.allocate(TABLE_BYTES * LANES)

  const writeLane = (lane: number, slot: number, steps: Steps, address: number) => {
    const count = steps.bounds.length
    engine.f64(address, count).set(steps.bounds)
    const map = address + 24 * count
    if (steps.bins) engine.u16(map, count).set(steps.bins)
    const words = engine.u32(lanes + lane * LANE_BYTES, LANE_BYTES / 4)
    words[LANE_COLUMN] = store.address + slot * store.columnBytes
    words[LANE_SINGLE] = store.single
    words[LANE_TABLE] = tables + lane * TABLE_BYTES
    words[LANE_BOUNDS] = address
    words[LANE_COUNT] = count
    words[LANE_SEARCHED] = address + 8 * count
    words[LANE_NAN] = steps.nan
    words[LANE_MAP] = steps.bins ? map : 0
  }

  return (columns, bins, take) => {
    const values = bins.reduce((most, { numBins }) => Math.max(most, numBins), 0)
    const bytesPerBin = values > 256 ? 2 : 1
    const place = take(bytesPerBin)
    const mark = engine.mark()
    const steps = bins.map(stepsOf)
    const places = steps.map(({ bounds }) => engine.allocate(stepBytes(bounds.length)))
    for (const [lane, { slot }] of columns.entries()) writeLane(lane, slot, steps[lane]!, places[lane]!)
    const words = engine.u32(args, ENCODE_BYTES / 4)
    words[ENCODE_LANES] = lanes
    words[ENCODE_LANE_COUNT] = columns.length
    words[ENCODE_ROWS] = store.rows
    words[ENCODE_BLOCK] = place.address
    words[ENCODE_STRIDE] = place.stride
    words[ENCODE_COLUMNS] = place.columns
    words[ENCODE_BYTES_PER_BIN] = bytesPerBin
    engine.parallel(KERNEL_LOOKUP_TABLES, args, columns.length)
    engine.parallel(KERNEL_ENCODE_BINS, args, Math.ceil(store.rows / ENCODE_CHUNK))
    engine.free(mark)
    return { ...place, bytesPerBin, lanes: columns.length, values }
  }
}
