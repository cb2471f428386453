import { applyBinary, arithmetic, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const lessEqualPrimitive = binaryPrimitive({
  name: 'lessEqual',
  compute: (a, b) => Number(a <= b),
  native: 'LessOrEqual',
  gpu: (a, b) => `(${a} <= ${b})`,
  result: 'bool',
})

/** a ≤ b, elementwise, broadcasting; false where either is NaN. */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor =>
  applyBinary(lessEqualPrimitive, a, b, {}, arithmetic)

/** a ≥ b, elementwise, broadcasting; false where either is NaN. */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor => lessEqual(b, a)
