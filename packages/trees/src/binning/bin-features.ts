import type { CheckedData } from '../data/checked-data'
import type { Engine } from '../kernels/engine'
import { LANES } from '../kernels/layout'
import { TreesError } from '../trees-error'
import type { BinnedFeatures } from './binned-features'
import { isSparse } from './bundle-columns'
import { createColumnStore } from './column-store'
import type { BlockPlace } from './encode-block'
import { type BinningParameters, type ColumnSettings, columnSettings, type FeatureBins } from './feature-bins'
import { createBoundFinder } from './find-bounds'
import { createLanes } from './lanes'
import { sampleRows } from './sample-rows'

/**
 * Bins of every column and of every row, in an engine's memory: what LightGBM's Dataset holds. A few columns at a time are
 * brought there, so that the matrix is never copied as a whole.
 *
 * Source: LightGBM (Ke et al., NeurIPS 2017). Proven against LightGBM 4.7.0 (`binning/bin-features.test.ts`).
 *
 * @throws TreesError `DIMENSION_MISMATCH` where max_bin_by_feature has not a number for each column; `UNSUPPORTED` where
 * a column needs more than 32,767 categories; `OUT_OF_MEMORY`.
 */
export function binFeatures(
  engine: Engine,
  data: Pick<CheckedData, 'features' | 'categorical'>,
  parameters: BinningParameters,
): BinnedFeatures {
  const { features, categorical } = data
  checkMaxBins(parameters, features.columns)
  const sample = sampleRows(features.rows, parameters)
  const sampled = sample?.length ?? features.rows
  const settings = Array.from({ length: features.columns }, (_, column) =>
    columnSettings(parameters, column, categorical[column] === 1, features.rows, sampled),
  )
  const room = allocateBlocks(engine, features.rows, settings)
  const store = createColumnStore(engine, features)
  const find = createBoundFinder(engine, store, settings, sample)
  const lanes = createLanes(engine, store, room.take)
  const bins: FeatureBins[] = []
  const used: number[] = []
  for (let begin = 0; begin < features.columns; begin += store.width) {
    const gathered = store.gather(begin)
    bins.push(...find(gathered))
    for (const { column, slot } of gathered) {
      const own = bins[column]!
      checkCategories(own, column)
      if (own.trivial) store.release(slot)
      else lanes.add(used.push(column) - 1, own, slot, parameters.enable_bundle && isSparse(own))
    }
  }
  const { blocks, places } = lanes.end()
  room.end()
  return { rows: features.rows, bins, used: Int32Array.from(used), blocks, group: room.group, places }
}

function checkMaxBins({ max_bin_by_feature }: BinningParameters, columns: number): void {
  const { length } = max_bin_by_feature
  if (length === 0 || length === columns) return
  throw new TreesError(
    'DIMENSION_MISMATCH',
    `max_bin_by_feature has ${length} numbers; expected one for each of the ${columns} columns, or none`,
  )
}

/** What two bytes tell apart, with the gaps between categories. */
const MOST_CATEGORIES = 32_767

function checkCategories({ categories }: FeatureBins, column: number): void {
  if (categories.length - 1 <= MOST_CATEGORIES) return
  throw new TreesError(
    'UNSUPPORTED',
    `column ${column} has ${categories.length - 1} categories that bins are needed for; at most ${MOST_CATEGORIES} can be had: put rare ones together, or take the column as numbers`,
  )
}

/**
 * Room for all blocks, below what is needed while they are filled. How much they take is known at the end only: categories may
 * need two bytes, and trivial columns none.
 */
function allocateBlocks(engine: Engine, rows: number, settings: readonly ColumnSettings[]) {
  const narrow = Math.ceil(settings.length / LANES)
  const wide = settings.filter(({ categorical, maxBin }) => categorical || maxBin > 256).length
  const group = groupOf(narrow, engine.threads)
  const groups = (blocks: number): number => group * Math.ceil(blocks / group)
  // Bundles may need a block more than columns alone; values of two bytes are in groups of their own.
  const most = groups(narrow + 1) + 2 * groups(Math.min(narrow, wide))
  const bytes = 2 * most * align(rows * LANES)
  let next = engine.allocate(bytes)
  const end = next + bytes
  const take = (size: number): number => {
    const taken = next
    next += align(size)
    if (next > end) throw new Error(`blocks need ${next - end} bytes more than were set aside for them`)
    return taken
  }
  const open = { 1: { filled: group, address: 0 }, 2: { filled: group, address: 0 } }
  return {
    group,
    take(bytesPerBin: 1 | 2): BlockPlace {
      const own = open[bytesPerBin]
      const stride = group * LANES * bytesPerBin
      if (own.filled === group) Object.assign(own, { filled: 0, address: take(rows * stride) })
      const address = own.address + own.filled++ * LANES * bytesPerBin
      return { address, stride, columns: take(rows * LANES * bytesPerBin) }
    },
    /** Gives back all else that was allocated since. */
    end: () => engine.free(next),
  }
}

/** Blocks whose rows share a cache line of 64 bytes: as many as fit, but so that no thread is without one. */
const groupOf = (blocks: number, threads: number): number =>
  [8, 4, 2].find((size) => size <= blocks && Math.ceil(blocks / size) >= threads) ?? 1

const align = (bytes: number): number => 64 * Math.ceil(bytes / 64)
