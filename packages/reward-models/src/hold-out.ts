import type { PairData } from './pair-data'
import { permutation } from './shuffle'

/** Stream of the seed that splits use; epochs count from 0. */
const splitStream = -1

/**
 * Positions of the training and the validation pairs: whole groups are drawn until at least `fraction` of the
 * pairs are held out. Both sides keep at least one group; with a single group nothing is held out.
 */
export function holdOut(
  data: PairData,
  fraction: number,
  seed: number,
): { train: Int32Array; validation: Int32Array } {
  const size = data.chosen.length
  const groups = data.groups ?? Int32Array.from({ length: size }, (_, i) => i)
  const names = [...new Set(groups)]
  const counts = new Map<number, number>()
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1)
  const held = new Set<number>()
  let pairs = 0
  for (const at of permutation(names.length, seed, splitStream)) {
    if (pairs >= fraction * size || held.size >= names.length - 1) break
    held.add(names[at]!)
    pairs += counts.get(names[at]!)!
  }
  const all = Int32Array.from({ length: size }, (_, i) => i)
  return {
    train: all.filter((i) => !held.has(groups[i]!)),
    validation: all.filter((i) => held.has(groups[i]!)),
  }
}
