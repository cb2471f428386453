import { applyBinary, arithmetic, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { neg } from './neg'

export const subPrimitive = binaryPrimitive({
  name: 'sub',
  compute: (a, b) => a - b,
  vjp: (ct) => [() => ct, () => neg(ct)],
  native: 'Sub',
  gpu: (a, b) => `(${a} - ${b})`,
})

/** a − b, elementwise, broadcasting. */
export const sub = (a: TensorLike, b: TensorLike): Tensor => applyBinary(subPrimitive, a, b, {}, arithmetic)
