import { applyBinary, arithmetic, binaryPrimitive, shareOfTie } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { maximumCode } from '../gpu/form'
import { less } from './less'
import { mul } from './mul'

export const maximumPrimitive = binaryPrimitive({
  name: 'maximum',
  compute: Math.max,
  vjp: (ct, a, b) => [
    () => mul(ct, shareOfTie(less(b, a), a, b, ct.dtype)),
    () => mul(ct, shareOfTie(less(a, b), a, b, ct.dtype)),
  ],
  native: 'Max',
  gpu: maximumCode,
})

/** The larger of a and b, elementwise, broadcasting; NaN if either is. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor =>
  applyBinary(maximumPrimitive, a, b, {}, arithmetic)
