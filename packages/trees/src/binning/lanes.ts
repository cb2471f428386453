import type { Engine } from '../kernels/engine'
import { LANES } from '../kernels/layout'
import type { LaneBlock, LanePlace } from './binned-features'
import { type BundleLane, createColumnBundler, unbundle } from './bundle-columns'
import type { ColumnStore } from './column-store'
import { type BlockPlace, createBlockEncoder } from './encode-block'
import type { FeatureBins } from './feature-bins'

/** A column that waits for its block. */
interface Pending {
  readonly feature: number
  readonly bins: FeatureBins
  readonly slot: number
}

/** Columns in the lanes of blocks: dense ones a lane each, in order, sparse ones bundled. */
export interface Lanes {
  /** Takes over a column whose numbers are in the store, and releases it there when they are needed no more. */
  add(feature: number, bins: FeatureBins, slot: number, bundled: boolean): void
  end(): { readonly blocks: LaneBlock[]; readonly places: LanePlace[] }
}

/** @param take a place for a block of so many bytes for each bin */
export function createLanes(
  engine: Engine,
  store: ColumnStore,
  take: (bytesPerBin: 1 | 2) => BlockPlace,
): Lanes {
  const encode = createBlockEncoder(engine, store)
  const bundler = createColumnBundler(store.rows, LANES)
  const blocks: LaneBlock[] = []
  const places: LanePlace[] = []
  let pending: Pending[] = []
  const writeDense = () => {
    for (const [lane, { feature, slot }] of pending.entries()) {
      places[feature] = { block: blocks.length, lane, first: 0, bundled: false }
      store.release(slot)
    }
    const bins = pending.map((one) => one.bins)
    blocks.push(encode(pending, bins, take))
    pending = []
  }
  const writeBundles = (atEnd: boolean) => {
    for (const block of bundler.take(atEnd)) {
      const lanes = block.map(unbundle)
      for (const [lane, { members }] of lanes.entries()) {
        for (const { feature, first } of members) {
          places[feature] = { block: blocks.length, lane, first, bundled: members.length > 1 }
        }
      }
      blocks.push(writeBlock(engine, lanes, store.rows, take(1)))
    }
  }
  return {
    add(feature, bins, slot, bundled) {
      if (bundled) {
        bundler.add(feature, bins, store.values(slot))
        store.release(slot)
        writeBundles(false)
      } else if (pending.push({ feature, bins, slot }) === LANES) writeDense()
    },
    end() {
      if (pending.length > 0) writeDense()
      writeBundles(true)
      return { blocks, places }
    },
  }
}

function writeBlock(
  engine: Engine,
  lanes: readonly BundleLane[],
  rows: number,
  place: BlockPlace,
): LaneBlock {
  const { address, stride } = place
  const none = new Uint8Array(rows)
  const byRow = engine.u8(address, (rows - 1) * stride + LANES)
  const byLane = engine.u8(place.columns, rows * LANES)
  for (let lane = 0; lane < LANES; lane++) {
    const { values } = lanes[lane] ?? { values: none }
    byLane.set(values, rows * lane)
    for (let row = 0; row < rows; row++) byRow[stride * row + lane] = values[row]!
  }
  const most = lanes.reduce((largest, { next }) => Math.max(largest, next), 0)
  return { ...place, bytesPerBin: 1, lanes: lanes.length, values: most }
}
