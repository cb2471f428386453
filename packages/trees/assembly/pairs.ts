import {
  CHUNK,
  PAIRS_COUNT,
  PAIRS_GRADIENTS,
  PAIRS_HESSIANS,
  PAIRS_OUT,
  PAIRS_ROWS,
} from '../src/kernels/layout'
import { address, int } from './fields'

/** Gradient and Hessian of each row side by side, in the order of `rows` (0: all rows), a chunk an item. */
export function pairs(args: usize, item: i32): void {
  const rows = address(args, PAIRS_ROWS)
  const gradients = address(args, PAIRS_GRADIENTS)
  const hessians = address(args, PAIRS_HESSIANS)
  const begin = item * CHUNK
  const end = min(begin + CHUNK, int(args, PAIRS_COUNT))
  let out = address(args, PAIRS_OUT) + ((<usize>begin) << 3)
  for (let i = begin; i < end; i++) {
    const row = rows ? (<usize>load<u32>(rows + ((<usize>i) << 2))) << 2 : (<usize>i) << 2
    store<f32>(out, load<f32>(gradients + row))
    store<f32>(out, load<f32>(hessians + row), 4)
    out += 8
  }
}

/** Sums of gradients and Hessians of pairs, one after another, at `out`. */
export function sums(pairs: usize, count: i32, out: usize): void {
  let sum = f64x2.splat(0)
  const end = pairs + ((<usize>count) << 3)
  for (let pair = pairs; pair < end; pair += 8)
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(pair)))
  v128.store(out, sum)
}
