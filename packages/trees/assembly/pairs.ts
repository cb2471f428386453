import {
  CHUNK,
  PAIRS_ALL,
  PAIRS_COUNT,
  PAIRS_GRADIENTS,
  PAIRS_HESSIANS,
  PAIRS_OUT,
  PAIRS_ROWS,
} from '../src/kernels/layout'
import { address, int } from './fields'

/** Gradient and Hessian of each row side by side, a chunk of rows an item. */
export function interleave(args: usize, item: i32): void {
  const begin = item * CHUNK
  const end = min(begin + CHUNK, int(args, PAIRS_COUNT))
  const gradients = address(args, PAIRS_GRADIENTS)
  const hessians = address(args, PAIRS_HESSIANS)
  let out = address(args, PAIRS_OUT) + ((<usize>begin) << 3)
  for (let row: usize = (<usize>begin) << 2; row < (<usize>end) << 2; row += 4) {
    store<f32>(out, load<f32>(gradients + row))
    store<f32>(out, load<f32>(hessians + row), 4)
    out += 8
  }
}

/** The pairs of some rows in the order of those. */
export function gatherPairs(args: usize, item: i32): void {
  const begin = item * CHUNK
  const end = min(begin + CHUNK, int(args, PAIRS_COUNT))
  const all = address(args, PAIRS_ALL)
  const rows = address(args, PAIRS_ROWS)
  let out = address(args, PAIRS_OUT) + ((<usize>begin) << 3)
  for (let at = rows + ((<usize>begin) << 2); at < rows + ((<usize>end) << 2); at += 4) {
    store<u64>(out, load<u64>(all + ((<usize>load<u32>(at)) << 3)))
    out += 8
  }
}

/** Sums of gradients and Hessians of pairs, one after another, at `out`. */
export function sums(pairs: usize, count: i32, out: usize): void {
  let sum = f64x2.splat(0)
  const end = pairs + ((<usize>count) << 3)
  for (let pair = pairs; pair < end; pair += 8) sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(pair)))
  v128.store(out, sum)
}
