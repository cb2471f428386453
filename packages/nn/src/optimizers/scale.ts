import { add, mul, type Tensor, type TensorLike, tensor, treeMap } from '@prefkit/tensor'
import { elementwise, type Optimizer } from './optimizer'

/** Multiplies by a factor. */
export const scale = (factor: TensorLike): Optimizer => elementwise((g) => mul(factor, g))

/**
 * Multiplies by a function of the step, such as a `Schedule`; steps count from 0. Its state is the step. To go
 * downhill with it, chain it with `scale(-1)`.
 */
export function scaleBySchedule(schedule: (step: Tensor) => Tensor): Optimizer {
  return {
    init: () => ({ step: tensor(0, { dtype: 'i32' }) }),
    update(grads, state, _params) {
      const { step } = state as { step: Tensor }
      const factor = schedule(step)
      return { updates: treeMap((g) => mul(factor, g), grads), state: { step: add(step, 1) } }
    },
  }
}
