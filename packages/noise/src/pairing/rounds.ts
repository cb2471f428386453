import type { Pair } from './pair-sequence'
import { type Key, permuted, subKey } from './permutation'

/**
 * One pair of each group in a random order, then another of each in another order, and so on; a group that has none
 * left drops out.
 */
export function* inRounds(
  groups: Int32Array,
  key: Key,
  next: (group: number, round: number) => Pair | undefined,
): Generator<Pair> {
  let active = groups
  for (let round = 0; active.length > 0; round++) {
    const order = subKey(key, round)
    const staying = new Int32Array(active.length)
    let stay = 0
    for (let place = 0; place < active.length; place++) {
      const group = active[permuted(place, active.length, order)]!
      const pair = next(group, round)
      if (pair === undefined) continue
      staying[stay++] = group
      yield pair
    }
    active = staying.subarray(0, stay)
  }
}
