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

/** Makes a {@link StableOrder} of up to `most` keys: merge sort, as fast for rows of one query as for a million. */
export function stableOrder(most: number): StableOrder {
  const first: Buffers = { keys: new Float64Array(most), order: new Int32Array(most) }
  let second: Buffers | undefined
  return {
    keys: first.keys,
    sort(count) {
      for (let i = 0; i < count; i++) first.order[i] = i
      insertionRuns(first.keys, first.order, count)
      let [from, to]: [Buffers, Buffers | undefined] = [first, second]
      for (let width = RUN; width < count; width *= 2) {
        if (to === undefined) {
          second = { keys: new Float64Array(most), order: new Int32Array(most) }
          to = second
        }
        mergeRuns(from, to, width, count)
        ;[from, to] = [to, from]
      }
      return from.order
    },
  }
}
