/** 2⁵³, one more than the largest hash. */
export const HASH_RANGE = 2 ** 53

/**
 * A 53-bit hash of text, as an integer in [0, 2⁵³): two multiply-and-xor lanes over UTF-16 units with
 * MurmurHash3's finaliser, the public-domain `cyrb53`. Not cryptographic. The same on every machine.
 */
export function hashText(text: string, seed = 0): number {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
