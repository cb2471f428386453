import { radixOrder } from './radix-order'

/** More are ordered by their digits. */
const MANY = 4096
/** Stretches of so many are ordered by insertion. */
const RUN = 8

function insertionRuns(keys: Float64Array, order: Int32Array, count: number): void {
  for (let start = 0; start < count; start += RUN) {
    const end = Math.min(start + RUN, count)
    for (let i = start + 1; i < end; i++) {
      const key = keys[i]!
      const item = order[i]!
      let j = i
      while (j > start && keys[j - 1]! > key) {
        keys[j] = keys[j - 1]!
        order[j] = order[j - 1]!
        j--
      }
      keys[j] = key
      order[j] = item
    }
  }
}

/** Keys and what they are keys of, in two buffers that swap places. */
interface Buffers {
  keys: Float64Array
  order: Int32Array
}

function mergeRuns(from: Buffers, to: Buffers, width: number, count: number): void {
  const { keys, order } = from
  const { keys: mergedKeys, order: merged } = to
  for (let start = 0; start < count; start += 2 * width) {
    const middle = Math.min(start + width, count)
    const end = Math.min(middle + width, count)
    let left = start
    let right = middle
    for (let i = start; i < end; i++) {
      const takesLeft = left < middle && (right >= end || keys[left]! <= keys[right]!)
      const taken = takesLeft ? left++ : right++
      mergedKeys[i] = keys[taken]!
      merged[i] = order[taken]!
    }
  }
}

/** Sorts numbers with what they belong to, for as many at a time as it was made for, without allocating anew. */
export interface StableOrder {
  /** Keys of the items; the caller fills the first `count`, which `sort` overwrites. */
  readonly keys: Float64Array
  /**
   * The numbers 0 … count − 1 by rising {@link keys}, equal keys in the order they were in. The array is overwritten by
   * the next call.
   */
  sort(count: number): Int32Array
}

/** Makes a {@link StableOrder} of up to `most` keys: merge sort for the rows of a query, radix sort for many. */
export function stableOrder(most: number): StableOrder {
  const few = Math.min(most, MANY)
  const keys = new Float64Array(most)
  const first: Buffers = { keys, order: new Int32Array(few) }
  const second: Buffers = { keys: new Float64Array(few), order: new Int32Array(few) }
  const sortMany = most > MANY ? radixOrder(most) : undefined
  return {
    keys,
    sort(count) {
      if (sortMany !== undefined && count > MANY) return sortMany(keys, count)
      for (let i = 0; i < count; i++) first.order[i] = i
      insertionRuns(keys, first.order, count)
      let [from, to] = [first, second]
      for (let width = RUN; width < count; width *= 2) {
        mergeRuns(from, to, width, count)
        ;[from, to] = [to, from]
      }
      return from.order
    },
  }
}
