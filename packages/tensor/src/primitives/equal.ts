import { applyBinary, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const equalPrimitive = binaryPrimitive({
  name: 'equal',
  compute: (a, b) => Number(a === b),
  native: 'Equal',
  gpu: (a, b) => `(${a} === ${b})`,
  result: 'bool',
})

/** a = b, elementwise, broadcasting; NaN equals nothing. */
export const equal = (a: TensorLike, b: TensorLike): Tensor => applyBinary(equalPrimitive, a, b, {})
