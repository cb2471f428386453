import { streamOf } from '../random/streams'

/** 64 bits that decide one permutation, or all coins of one kind. */
export interface Key {
  readonly low: number
  readonly high: number
}

/**
 * Rounds of the network. With 8, a chi-square test of where two numbers go sees nothing from a size of about 45 on,
 * but much below; with 16 it sees nothing at any size.
 */
const roundsFor = (size: number): number => (size < 1024 ? 16 : 8)

const GOLDEN = 0x9e3779b9

/** A bijection of 32 bits in which each bit of the result depends on each of the word. */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** The key of these integers, such as a purpose and a seed. */
export function keyOf(...keys: readonly number[]): Key {
  const generator = streamOf(...keys)
  return { low: generator.next(), high: generator.next() }
}

/** A key of its own for each number (of 32 bits) below a key. */
export const subKey = (key: Key, number: number): Key => ({
  low: mix(key.low + Math.imul(number, GOLDEN)),
  high: mix(key.high ^ mix(number + 0x27d4eb2f)),
})

/** 32 pseudo-random bits, from 0, for these two numbers. */
export const bitsAt = (key: Key, a: number, b: number): number =>
  mix(mix(mix(key.low ^ a) + key.high) ^ Math.imul(b, GOLDEN)) >>> 0

/**
 * Where `index` goes under a pseudo-random permutation of 0, …, size − 1, of no memory: a Feistel network on the
 * cells of a grid of about √size by √size, walked on from the few cells beyond `size` until one is within. `size` ≤
 * 2⁵³.
 */
export function permuted(index: number, size: number, key: Key): number {
  const columns = Math.ceil(Math.sqrt(size))
  const rows = Math.ceil(size / columns)
  const rounds = roundsFor(size)
  let value = index
  do {
    let column = value % columns
    let row = (value - column) / columns
    for (let round = 0; round < rounds; round += 2) {
      column = (column + bitsAt(key, row, round)) % columns
      row = (row + bitsAt(key, column, round + 1)) % rows
    }
    value = row * columns + column
  } while (value >= size)
  return value
}
