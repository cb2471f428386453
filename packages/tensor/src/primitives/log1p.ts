import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { log1pCode } from '../gpu/functions'
import { add } from './add'
import { div } from './div'

export const log1pPrimitive = unaryPrimitive({
  name: 'log1p',
  compute: Math.log1p,
  vjp: (ct, x) => div(ct, add(1, x)),
  // ONNX has no log1p. With u = fl(1 + x), log(u)·x/(u − 1) cancels the rounding of u (Goldberg 1991, thm 4);
  // where u = 1 the answer is x, and an infinite u is its own logarithm.
  native(b, [x]) {
    const one = b.scalar(1, x!.dtype)
    const u = b.op('Add', [x!.name, one])
    const denominator = b.op('Sub', [u, one])
    const corrected = b.op('Mul', [b.op('Log', [u]), b.op('Div', [x!.name, denominator])])
    const finite = b.op('Where', [b.op('Equal', [denominator, b.scalar(0, x!.dtype)]), x!.name, corrected])
    return b.op('Where', [b.op('IsInf', [u], { detect_negative: 0 }), u, finite])
  },
  gpu: log1pCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** log(1 + x), elementwise, accurate near 0; −Infinity at −1, NaN below. */
export const log1p = (x: TensorLike): Tensor => applyFloat(log1pPrimitive, x)
