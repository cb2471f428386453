import { checkInteger, formatValue } from '../check-options'
import { NoiseError } from '../noise-error'
import { bitsAt, type Key } from './permutation'

/** Two different responses, by their place in the table. */
export interface Pair {
  /** The response that is the first of the two, hence shown first. */
  readonly first: number
  /** The other one. */
  readonly second: number
}

/**
 * Pairs that a design gives, made one at a time as they are asked for; no two are of the same responses. Going
 * through it again gives the same pairs.
 */
export interface PairSequence extends Iterable<Pair> {
  /** How many pairs the design has: it ends there if the budget is larger. */
  readonly available: number
  /** How many pairs it gives: the budget, or what is available where that is less. */
  readonly length: number
}

/** Options of every pairing design. */
export interface PairSequenceOptions {
  /**
   * How many pairs to give at most; an integer ≥ 0, or Infinity. A larger budget goes on where a smaller one ends.
   * Default: all that are available.
   */
  budget?: number
  /** Integer that makes the pairs and their sides repeat exactly. Default: 0. */
  seed?: number
}

/** Budget and seed, checked. */
export function checkPairing({ budget = Number.POSITIVE_INFINITY, seed = 0 }: PairSequenceOptions) {
  if (budget !== Number.POSITIVE_INFINITY) checkInteger('budget', budget, 0)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  return { budget, seed }
}

/** The first pairs of those that `generate` makes. */
export function pairSequence(
  available: number,
  budget: number,
  generate: () => Iterable<Pair>,
): PairSequence {
  const length = Math.min(available, budget)
  return {
    available,
    length,
    *[Symbol.iterator]() {
      let left = length
      if (left === 0) return
      for (const pair of generate()) {
        yield pair
        left -= 1
        if (left === 0) return
      }
    },
  }
}

/** The pair of two rows, its sides by a fair coin that depends on key and rows alone. */
export function tossed(a: number, b: number, key: Key): Pair {
  const swap = bitsAt(key, Math.min(a, b), Math.max(a, b)) >= 2 ** 31
  return swap === a < b ? { first: b, second: a } : { first: a, second: b }
}

/** One number for two rows in either order, different for different pairs of a table with so many rows. */
export const pairNumber = (a: number, b: number, rows: number): number =>
  Math.min(a, b) * rows + Math.max(a, b)

/**
 * Pairs as two columns, as `comparisonsOf` and `fitBradleyTerry` take them.
 *
 * Source: this package. Proven against its definition.
 *
 * @returns `[N]` of each, in the order of the pairs.
 * @throws NoiseError `SHAPE_MISMATCH`, `OUT_OF_RANGE` for what are no pairs of places.
 */
export function pairColumns(pairs: Iterable<Pair>): { first: Int32Array; second: Int32Array } {
  if (typeof (pairs as Partial<Iterable<Pair>> | null)?.[Symbol.iterator] !== 'function') {
    const message = `pairs is ${formatValue(pairs)}; expected pairs one after another, such as a design gives`
    throw new NoiseError('SHAPE_MISMATCH', 'pairs', message)
  }
  const first: number[] = []
  const second: number[] = []
  for (const pair of pairs) {
    checkInteger(`pairs[${first.length}].first`, pair?.first, 0)
    checkInteger(`pairs[${first.length}].second`, pair?.second, 0)
    first.push(pair.first)
    second.push(pair.second)
  }
  return { first: Int32Array.from(first), second: Int32Array.from(second) }
}
