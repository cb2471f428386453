import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { expCode } from '../gpu/functions'
import { mul } from './mul'

export const expPrimitive = unaryPrimitive({
  name: 'exp',
  compute: Math.exp,
  vjp: (ct, _x, y) => mul(ct, y),
  native: 'Exp',
  gpu: expCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** e^x, elementwise. */
export const exp = (x: TensorLike): Tensor => applyFloat(expPrimitive, x)
