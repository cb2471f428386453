import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { cosCode } from '../gpu/functions'
import { mul } from './mul'
import { neg } from './neg'
import { sin } from './sin'

export const cosPrimitive = unaryPrimitive({
  name: 'cos',
  compute: Math.cos,
  vjp: (ct, x) => neg(mul(ct, sin(x))),
  native: 'Cos',
  gpu: cosCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** Cosine of x in radians, elementwise. */
export const cos = (x: TensorLike): Tensor => applyFloat(cosPrimitive, x)
