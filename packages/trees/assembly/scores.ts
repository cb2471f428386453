import {
  CHUNK,
  SCORED_LEAF_BYTES,
  SCORED_LEAF_END,
  SCORED_LEAF_VALUE,
  SCORES_COUNT,
  SCORES_LEAF_COUNT,
  SCORES_LEAVES,
  SCORES_OUT,
  SCORES_ROWS,
} from '../src/kernels/layout'
import { address, float, int } from './fields'

/** Adds the leaf's value to the scores of a chunk of rows. */
export function addScores(args: usize, item: i32): void {
  const scores = address(args, SCORES_OUT)
  const rows = address(args, SCORES_ROWS)
  let place = item * CHUNK
  const last = min(place + CHUNK, int(args, SCORES_COUNT))
  let leaf = leafAt(args, place)
  while (place < last) {
    const end = min(last, int(leaf, SCORED_LEAF_END))
    const value = float(leaf, SCORED_LEAF_VALUE)
    for (; place < end; place++) {
      const score = scores + ((<usize>load<u32>(rows + ((<usize>place) << 2))) << 3)
      store<f64>(score, load<f64>(score) + value)
    }
    leaf += SCORED_LEAF_BYTES
  }
}

/** The first leaf that ends after a place. */
function leafAt(args: usize, place: i32): usize {
  const leaves = address(args, SCORES_LEAVES)
  let low = 0
  let high = int(args, SCORES_LEAF_COUNT) - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (int(leaves + middle * SCORED_LEAF_BYTES, SCORED_LEAF_END) > place) high = middle
    else low = middle + 1
  }
  return leaves + low * SCORED_LEAF_BYTES
}
