const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))
const scramble = (value: number) => Math.imul(rotate(Math.imul(value, 0xcc9e2d51), 15), 0x1b873593)

/**
 * MurmurHash3_x86_32 of the bytes in [start, end), as an unsigned 32-bit integer (Appleby, SMHasher).
 * @param seed Unsigned 32-bit integer.
 */
export function murmur3(bytes: Uint8Array, seed = 0, start = 0, end = bytes.length): number {
  let hash = seed | 0
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = (Math.imul(rotate(hash ^ scramble(word), 13), 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let last = end - 1; last >= at; last--) rest = (rest << 8) | bytes[last]!
  hash ^= scramble(rest) ^ (end - start)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
