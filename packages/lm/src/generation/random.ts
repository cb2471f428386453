import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Different starting points, so that four passes over the same keys give 128 unrelated bits. */
const lanes = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const

/** MurmurHash3's finaliser: every bit of the result depends on every bit of the word. */
function scramble(word: number): number {
  let hash = word ^ (word >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const laneOf = (start: number, keys: readonly number[]): number =>
  keys.reduce((hash: number, key) => {
    // A safe integer has more than 32 bits: both words of it count.
    const low = scramble(Math.imul(hash, 5) + (key | 0))
    return scramble(low ^ (Math.floor(key / 2 ** 32) + start))
  }, start)

/**
 * Uniform numbers in [0, 1), one a call, that depend on `keys` (safe integers) alone: what is drawn for one sequence does
 * not depend on which others are drawn, before it or beside it.
 */
export function uniformsOf(...keys: readonly number[]): () => number {
  const generator = xoroshiro128plusFromState(lanes.map((start) => laneOf(start, keys)))
  return () => uniformFloat64(generator)
}
