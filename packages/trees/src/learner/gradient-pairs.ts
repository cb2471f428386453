import type { Engine } from '../kernels/engine'
import { CHUNK, KERNEL_GATHER_PAIRS, KERNEL_INTERLEAVE, PAIRS_BYTES } from '../kernels/layout'

/** Gradient and Hessian of rows side by side, as floats: what histograms are added up from. */
export interface GradientPairs {
  /** Address of all rows' pairs, in order. */
  readonly all: number
  /** Makes all rows' pairs from two arrays of floats. */
  interleave(gradients: number, hessians: number): void
  /** Address of the pairs of some rows; it is the same each time. */
  gather(rows: number, count: number): number
  /** Sums over `count` pairs, one after another. */
  sum(pairs: number, count: number): { gradient: number; hessian: number }
}

/** Pairs of so many rows. */
export function createGradientPairs(engine: Engine, rows: number): GradientPairs {
  const all = engine.allocate(rows * 8)
  const some = engine.allocate(rows * 8)
  const sums = engine.allocate(16)
  const args = engine.allocate(PAIRS_BYTES)
  return {
    all,
    interleave(gradients, hessians) {
      engine.i32(args, 4).set([rows, all, gradients, hessians])
      engine.parallel(KERNEL_INTERLEAVE, args, Math.ceil(rows / CHUNK))
    },
    gather(of, count) {
      engine.i32(args, 6).set([count, some, 0, 0, of, all])
      engine.parallel(KERNEL_GATHER_PAIRS, args, Math.ceil(count / CHUNK))
      return some
    },
    sum(pairs, count) {
      engine.kernels.sums(pairs, count, sums)
      const [gradient, hessian] = engine.f64(sums, 2)
      return { gradient: gradient!, hessian: hessian! }
    },
  }
}
