import { maskedCrc } from './masked-crc'

/**
 * A record of a TFRecord file: its length in 8 bytes, their masked CRC in 4, the data, and their masked CRC in 4;
 * everything little-endian.
 */
export function recordFrame(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(data.length + 16)
  const view = new DataView(frame.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, maskedCrc(frame.subarray(0, 8)), true)
  frame.set(data, 12)
  view.setUint32(12 + data.length, maskedCrc(data), true)
  return frame
}
