import { applyBinary, binaryPrimitive, real } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { powCode } from '../gpu/functions'
import { equal } from './equal'
import { log } from './log'
import { mul } from './mul'
import { sub } from './sub'
import { where } from './where'

export const powPrimitive = binaryPrimitive({
  name: 'pow',
  // IEEE 754: 1 to any power is 1; JavaScript alone says NaN for NaN and the infinities.
  compute: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b),
  vjp: (ct, a, b, y) => [
    // b = 0 is flat in a; b·a^(b−1) would be 0 · Infinity at a = 0.
    () => mul(ct, where(equal(b, 0), 0, mul(b, pow(a, sub(b, 1))))),
    () => mul(ct, mul(y, log(where(equal(a, 0), 1, a)))),
  ],
  native: 'Pow',
  gpu: (a, b, w, exponent) => powCode(w, a, b, exponent),
  gpuCost: 'dear',
})

/** a to the power b, elementwise, broadcasting, in real numbers. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => applyBinary(powPrimitive, a, b, {}, real)
