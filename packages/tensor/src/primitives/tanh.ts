import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { tanhCode } from '../gpu/functions'
import { mul } from './mul'
import { sub } from './sub'

export const tanhPrimitive = unaryPrimitive({
  name: 'tanh',
  compute: Math.tanh,
  vjp: (ct, _x, y) => mul(ct, sub(1, mul(y, y))),
  native: 'Tanh',
  gpu: tanhCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** Hyperbolic tangent, elementwise. */
export const tanh = (x: TensorLike): Tensor => applyFloat(tanhPrimitive, x)
