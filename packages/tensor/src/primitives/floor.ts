import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const floorPrimitive = unaryPrimitive({
  name: 'floor',
  compute: Math.floor,
  native: 'Floor',
  floatOnly: true,
})

/** The largest whole number not above x, elementwise; its gradient is 0. */
export const floor = (x: TensorLike): Tensor => applyFloat(floorPrimitive, x)
