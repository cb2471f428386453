import { applyBinary, binaryPrimitive, real, sumToShape } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { mul } from './mul'
import { neg } from './neg'

export const divPrimitive = binaryPrimitive({
  name: 'div',
  compute: (a, b) => a / b,
  // Summed before it is divided: b is often one number for many of a.
  vjp: (ct, _a, b, y) => [() => div(ct, b), () => neg(div(sumToShape(mul(ct, y), b.shape), b))],
  native: 'Div',
  gpu: (a, b) => `(${a} / ${b})`,
})

/** a / b, elementwise, broadcasting; integers are divided as real numbers. */
export const div = (a: TensorLike, b: TensorLike): Tensor => applyBinary(divPrimitive, a, b, {}, real)
