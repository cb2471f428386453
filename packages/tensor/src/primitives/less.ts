import { applyBinary, arithmetic, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const lessPrimitive = binaryPrimitive({
  name: 'less',
  compute: (a, b) => Number(a < b),
  native: 'Less',
  gpu: (a, b) => `(${a} < ${b})`,
  result: 'bool',
})

/** a < b, elementwise, broadcasting; false where either is NaN. */
export const less = (a: TensorLike, b: TensorLike): Tensor => applyBinary(lessPrimitive, a, b, {}, arithmetic)

/** a > b, elementwise, broadcasting; false where either is NaN. */
export const greater = (a: TensorLike, b: TensorLike): Tensor => less(b, a)
