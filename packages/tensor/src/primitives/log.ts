import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { logCode } from '../gpu/functions'
import { div } from './div'

export const logPrimitive = unaryPrimitive({
  name: 'log',
  compute: Math.log,
  vjp: (ct, x) => div(ct, x),
  native: 'Log',
  gpu: logCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** Natural logarithm, elementwise; −Infinity at 0, NaN below. */
export const log = (x: TensorLike): Tensor => applyFloat(logPrimitive, x)
