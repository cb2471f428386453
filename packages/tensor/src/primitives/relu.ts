import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { less } from './less'
import { where } from './where'

export const reluPrimitive = unaryPrimitive({
  name: 'relu',
  compute: (x) => (x <= 0 ? 0 : x),
  vjp: (ct, _x, y) => where(less(0, y), ct, 0),
  native: 'Relu',
  gpu: (_w, x) => `(${x} <= 0.0 ? 0.0 : ${x})`,
  floatOnly: true,
})

/** max(x, 0), elementwise; its gradient at 0 is 0. */
export const relu = (x: TensorLike): Tensor => applyFloat(reluPrimitive, x)
