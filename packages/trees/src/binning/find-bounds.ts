import type { Engine } from '../kernels/engine'
import { KERNEL_FIND_BOUNDS, MISSING_NAN, MISSING_NONE, MISSING_ZERO } from '../kernels/layout'
import type { ColumnStore, GatheredColumn } from './column-store'
import type { ColumnSettings, FeatureBins } from './feature-bins'
import { findFeatureBins, numericalBins } from './find-feature-bins'
import {
  FIND_BYTES,
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
} from './layout'

const missingNames = { [MISSING_NONE]: 'none', [MISSING_ZERO]: 'zero', [MISSING_NAN]: 'nan' } as const

/** Counters of six digits of 2,048 values; keys twice, values and counts. */
const scratchBytes = (sampled: number): number => 6 * 2048 * 4 + 64 * Math.ceil((28 * (sampled + 2)) / 64)

/**
 * What finds the bins of gathered columns: numerical ones by the kernel, all at once, categorical ones by
 * {@link findFeatureBins}.
 */
export function createBoundFinder(
  engine: Engine,
  store: ColumnStore,
  settings: readonly ColumnSettings[],
  sample: Int32Array | undefined,
): (gathered: readonly GatheredColumn[]) => FeatureBins[] {
  const sampled = sample?.length ?? store.rows
  const mostBins = settings.reduce((most, { maxBin }) => Math.max(most, maxBin), 2)
  const resultBytes = 64 * Math.ceil((FOUND_BOUNDS + 12 * (mostBins + 1)) / 64)
  const args = engine.allocate(FIND_BYTES)
  const slots = engine.allocate(4 * store.width)
  const maxBins = engine.allocate(4 * store.width)
  const results = engine.allocate(resultBytes * store.width)
  const sampleAddress = sample === undefined ? 0 : engine.allocate(4 * sampled)
  const scratch = engine.allocate(scratchBytes(sampled) * engine.threads)
  if (sample) engine.i32(sampleAddress, sampled).set(sample)
  const words = engine.u32(args, FIND_BYTES / 4)
  words[FIND_COLUMNS] = store.address
  words[FIND_COLUMN_BYTES] = store.columnBytes
  words[FIND_SINGLE] = store.single
  words[FIND_SAMPLE] = sampleAddress
  words[FIND_SAMPLED] = sampled
  words[FIND_SLOTS] = slots
  words[FIND_MAX_BINS] = maxBins
  words[FIND_MIN_DATA] = settings[0]!.minDataInBin
  words[FIND_USE_MISSING] = settings[0]!.useMissing ? 1 : 0
  words[FIND_ZERO_AS_MISSING] = settings[0]!.zeroAsMissing ? 1 : 0
  words[FIND_SCRATCH] = scratch
  words[FIND_SCRATCH_BYTES] = scratchBytes(sampled)
  words[FIND_RESULTS] = results
  words[FIND_RESULT_BYTES] = resultBytes

  const read = (item: number, column: number): FeatureBins => {
    const address = results + item * resultBytes
    const found = engine.i32(address, 2)
    const size = found[FOUND_BINS]!
    const ends = engine.f64(address, 3)
    const bounds = address + FOUND_BOUNDS
    const counts = {
      rows: sampled,
      // One of the three numbers that the kernel writes.
      missing: missingNames[found[FOUND_MISSING] as keyof typeof missingNames],
      bounds: engine.f64(bounds, size).slice(),
      counts: engine.i32(bounds + 8 * size, size).slice(),
      least: ends[FOUND_LEAST]!,
      most: ends[FOUND_MOST]!,
    }
    return numericalBins(counts, settings[column]!)
  }

  return (gathered) => {
    const numerical = gathered.filter(({ column }) => !settings[column]!.categorical)
    engine.u32(slots, numerical.length).set(numerical.map(({ slot }) => slot))
    engine.u32(maxBins, numerical.length).set(numerical.map(({ column }) => settings[column]!.maxBin))
    if (numerical.length > 0) engine.parallel(KERNEL_FIND_BOUNDS, args, numerical.length)
    return gathered.map(({ column, slot }) => {
      const own = settings[column]!
      if (!own.categorical)
        return read(
          numerical.findIndex((one) => one.slot === slot),
          column,
        )
      const values = store.values(slot)
      return findFeatureBins(sample ? Float64Array.from(sample, (row) => values[row]!) : values, own)
    })
  }
}
