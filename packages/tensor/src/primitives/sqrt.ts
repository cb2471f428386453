import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { div } from './div'
import { mul } from './mul'

export const sqrtPrimitive = unaryPrimitive({
  name: 'sqrt',
  compute: Math.sqrt,
  vjp: (ct, _x, y) => div(mul(ct, 0.5), y),
  native: 'Sqrt',
  gpu: (_w, x) => `Math.sqrt(${x})`,
  floatOnly: true,
})

/** √x, elementwise; NaN below 0. */
export const sqrt = (x: TensorLike): Tensor => applyFloat(sqrtPrimitive, x)
