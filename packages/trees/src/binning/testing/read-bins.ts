import type { Engine } from '../../kernels/engine'
import type { BinnedFeatures } from '../binned-features'

/** `[rows]` bins of an inner feature, read from its lane. */
export function readBins(
  engine: Engine,
  { rows, bins, used, blocks, places }: BinnedFeatures,
  feature: number,
): Uint16Array {
  const { block, lane, first, bundled } = places[feature]!
  const { address, stride, columns, bytesPerBin } = blocks[block]!
  const view = (at: number, length: number) =>
    bytesPerBin === 2 ? engine.u16(at, length) : engine.u8(at, length)
  const values = view(columns + bytesPerBin * rows * lane, rows)
  const step = stride / bytesPerBin
  const rowByRow = view(address, (rows - 1) * step + 8)
  for (const [row, value] of values.entries()) {
    if (rowByRow[step * row + lane] !== value)
      throw new Error(`row ${row} of lane ${lane} is not what its column says`)
  }
  const { numBins, mostFrequentBin } = bins[used[feature]!]!
  return Uint16Array.from({ length: rows }, (_, row) => {
    const value = values[row]!
    if (!bundled) return value
    const bin = value - first
    const isOwn = bin >= (mostFrequentBin === 0 ? 1 : 0) && bin < numBins
    return isOwn ? bin : mostFrequentBin
  })
}
