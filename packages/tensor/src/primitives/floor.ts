import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const floorPrimitive = unaryPrimitive({
  name: 'floor',
  compute: Math.floor,
  native: 'Floor',
  gpu: (_w, x) => `Math.floor(${x})`,
  floatOnly: true,
})

/** The largest whole number not above x, elementwise; its gradient is 0. */
export const floor = (x: TensorLike): Tensor => applyFloat(floorPrimitive, x)
