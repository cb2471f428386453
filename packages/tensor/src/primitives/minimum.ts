import { applyBinary, arithmetic, binaryPrimitive, shareOfTie } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { maximumCode } from '../gpu/form'
import { less } from './less'
import { mul } from './mul'

export const minimumPrimitive = binaryPrimitive({
  name: 'minimum',
  compute: Math.min,
  vjp: (ct, a, b) => [
    () => mul(ct, shareOfTie(less(a, b), a, b, ct.dtype)),
    () => mul(ct, shareOfTie(less(b, a), a, b, ct.dtype)),
  ],
  native: 'Min',
  gpu: (a, b) => `(-${maximumCode(`(-${a})`, `(-${b})`)})`,
})

/** The smaller of a and b, elementwise, broadcasting; NaN if either is. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor =>
  applyBinary(minimumPrimitive, a, b, {}, arithmetic)
