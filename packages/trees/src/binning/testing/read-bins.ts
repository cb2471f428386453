import type { Engine } from '../../kernels/engine'
import type { BinnedFeatures } from '../binned-features'

/** `[rows]` bins of an inner feature, read from its lane. */
export function readBins(
  engine: Engine,
  { rows, bins, used, blocks, places }: BinnedFeatures,
  feature: number,
): Uint16Array {
  const { block, lane, first, bundled } = places[feature]!
  const { address, bytesPerBin } = blocks[block]!
  const values = bytesPerBin === 2 ? engine.u16(address, rows * 8) : engine.u8(address, rows * 8)
  const { numBins, mostFrequentBin } = bins[used[feature]!]!
  return Uint16Array.from({ length: rows }, (_, row) => {
    const value = values[8 * row + lane]!
    if (!bundled) return value
    const bin = value - first
    const isOwn = bin >= (mostFrequentBin === 0 ? 1 : 0) && bin < numBins
    return isOwn ? bin : mostFrequentBin
  })
}
