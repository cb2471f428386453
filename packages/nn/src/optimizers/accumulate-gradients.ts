import {
  add,
  equal,
  mul,
  type Tensor,
  type Tree,
  tensor,
  treeMap,
  treeZip,
  where,
  zerosLike,
} from '@prefkit/tensor'
import { requireWhole } from '../require-option'
import type { Optimizer, OptimizerState } from './optimizer'

interface State {
  /** Micro-batches gathered so far, below n. */
  readonly count: Tensor
  readonly sum: Tree
  readonly inner: OptimizerState
}

/**
 * An optimiser that moves once in `n` calls, by the mean of their gradients; the updates of the other calls are 0.
 * Micro-batches of equal size then do what one batch of n times their size does. Schedules and bias corrections inside
 * count the moves, not the calls.
 * @throws NnError `INVALID_OPTION` unless n is a whole number ≥ 1.
 */
export function accumulateGradients(optimizer: Optimizer, n: number): Optimizer {
  requireWhole('n', n)
  if (n === 1) return optimizer
  return {
    init: (params) => ({
      count: tensor(0, { dtype: 'i32' }),
      sum: treeMap(zerosLike, params),
      inner: optimizer.init(params),
    }),
    update<P>(grads: P, state: OptimizerState, params: P) {
      // Callers keep a state without looking into it: it is what `init` made.
      const { count, sum, inner } = state as unknown as State
      const total = treeZip((s, g) => add(s, g), sum as P, grads)
      const mean = treeMap((s) => mul(1 / n, s), total)
      const moved = optimizer.update(mean, inner, params)
      const isLast = equal(count, n - 1)
      return {
        updates: treeMap((u) => where(isLast, u, 0), moved.updates),
        state: {
          count: where(isLast, 0, add(count, 1)),
          sum: treeMap((s) => where(isLast, 0, s), total) as Tree,
          inner: treeZip((after, before) => where(isLast, after, before), moved.state, inner),
        },
      }
    },
  }
}
