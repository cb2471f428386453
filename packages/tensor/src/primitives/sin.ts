import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { sinCode } from '../gpu/functions'
import { cos } from './cos'
import { mul } from './mul'

export const sinPrimitive = unaryPrimitive({
  name: 'sin',
  compute: Math.sin,
  vjp: (ct, x) => mul(ct, cos(x)),
  native: 'Sin',
  gpu: sinCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** Sine of x in radians, elementwise. */
export const sin = (x: TensorLike): Tensor => applyFloat(sinPrimitive, x)
