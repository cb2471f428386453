import type { Tensor } from '../core/tensor'
import { broadcastTo } from '../primitives/broadcast-to'
import { pad } from '../primitives/pad'
import { slice } from '../primitives/slice'
import { transpose } from '../primitives/transpose'

/** A way of passing an operand that is not simply its elements in order. */
export interface Layout {
  /** What is passed in. */
  store(x: Tensor): Tensor
  /** How the graph makes the operand from it. */
  restore(stored: Tensor, original: readonly number[]): Tensor
}

/**
 * Operands "as they are", and made inside the same graph by ops that a lowering may fuse into their consumers: the
 * counterpart of non-contiguous memory in libraries that have views.
 */
export const layouts: Readonly<Record<string, Layout>> = {
  plain: { store: (x) => x, restore: (x) => x },
  transposed: { store: (x) => transpose(x), restore: (x) => transpose(x) },
  sliced: {
    store: (x) =>
      pad(
        x,
        x.shape.map(() => [1, 2] as const),
        x.dtype === 'bool' ? 1 : 7,
      ),
    restore: (stored, original) =>
      original.reduce<Tensor>((x, size, axis) => slice(x, axis, 1, 1 + size), stored),
  },
  broadcast: {
    store: (x) => ((x.shape[0] ?? 0) === 0 ? x : slice(x, 0, 0, 1)),
    restore: (stored, original) => broadcastTo(stored, original),
  },
}
