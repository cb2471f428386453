import type { Engine } from '../kernels/engine'
import {
  CHUNK,
  KERNEL_ADD_SCORES,
  SCORED_LEAF_BYTES,
  SCORED_LEAF_END,
  SCORED_LEAF_VALUE,
  SCORES_BYTES,
} from '../kernels/layout'
import type { Leaf } from './leaf'

/** Adds the values of leaves to the scores of their rows, which are doubles at an address. */
export type LeafScores = (
  leaves: readonly Pick<Leaf, 'begin' | 'count'>[],
  values: Float64Array,
  scores: number,
) => void

/** For trees of so many leaves at most, over rows in the order at `rows`. */
export function createLeafScores(engine: Engine, rows: number, mostLeaves: number): LeafScores {
  const table = engine.allocate(mostLeaves * SCORED_LEAF_BYTES)
  const args = engine.allocate(SCORES_BYTES)
  return (leaves, values, scores) => {
    const words = engine.i32(table, (leaves.length * SCORED_LEAF_BYTES) / 4)
    const numbers = engine.f64(table, (leaves.length * SCORED_LEAF_BYTES) / 8)
    const byPlace = [...leaves.keys()].sort((a, b) => leaves[a]!.begin - leaves[b]!.begin)
    let count = 0
    for (const [place, leaf] of byPlace.entries()) {
      count += leaves[leaf]!.count
      words[(place * SCORED_LEAF_BYTES) / 4 + SCORED_LEAF_END] = count
      numbers[(place * SCORED_LEAF_BYTES) / 8 + SCORED_LEAF_VALUE] = values[leaf]!
    }
    engine.i32(args, 5).set([count, rows, scores, table, leaves.length])
    engine.parallel(KERNEL_ADD_SCORES, args, Math.ceil(count / CHUNK))
  }
}
