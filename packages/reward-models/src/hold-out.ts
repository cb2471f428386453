import type { PairData } from './pair-data'
import { permutation } from './shuffle'

/** Stream of the seed that splits use; epochs count from 0. */
const splitStream = -1

/**
 * Positions of the training and the validation pairs: whole groups are drawn until `fraction` of the pairs are held
 * out. A group that would overshoot by more than what is still missing is passed over, so that one large group does
 * not take most of the pairs along; where every group would, the smallest is held out. Both sides keep at least one
 * group; with a single group, or a fraction of 0, nothing is held out.
 */
export function holdOut(
  data: PairData,
  fraction: number,
  seed: number,
): { train: Int32Array; validation: Int32Array } {
  const size = data.chosen.length
  const groups = data.groups ?? Int32Array.from({ length: size }, (_, i) => i)
  const held = drawGroups(countGroups(groups), fraction * size, seed)
  const all = Int32Array.from({ length: size }, (_, i) => i)
  return {
    train: all.filter((i) => !held.has(groups[i]!)),
    validation: all.filter((i) => held.has(groups[i]!)),
  }
}

/** Pairs of each group, in order of appearance. */
function countGroups(groups: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1)
  return counts
}

/** Groups, but never all, that come to about this many pairs. */
function drawGroups(counts: ReadonlyMap<number, number>, target: number, seed: number): ReadonlySet<number> {
  const sizes = [...counts]
  const order = Array.from(permutation(sizes.length, seed, splitStream), (at) => sizes[at]!)
  const held = new Set<number>()
  let pairs = 0
  for (const [group, size] of order) {
    if (pairs >= target || held.size >= order.length - 1) break
    // |target − pairs| would grow.
    if (size > 2 * (target - pairs)) continue
    held.add(group)
    pairs += size
  }
  if (held.size > 0 || target === 0 || order.length < 2) return held
  return new Set([order.reduce((least, entry) => (entry[1] < least[1] ? entry : least))[0]])
}
