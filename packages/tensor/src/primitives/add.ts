import { applyBinary, arithmetic, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const addPrimitive = binaryPrimitive({
  name: 'add',
  compute: (a, b) => a + b,
  vjp: (ct) => [() => ct, () => ct],
  native: 'Add',
  gpu: (a, b) => `(${a} + ${b})`,
})

/** a + b, elementwise, broadcasting. */
export const add = (a: TensorLike, b: TensorLike): Tensor => applyBinary(addPrimitive, a, b, {}, arithmetic)
