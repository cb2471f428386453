import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { sigmoidCode } from '../gpu/functions'
import { mul } from './mul'
import { sub } from './sub'

export const sigmoidPrimitive = unaryPrimitive({
  name: 'sigmoid',
  compute: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  vjp: (ct, _x, y) => mul(ct, mul(y, sub(1, y))),
  // ONNX Runtime's own Sigmoid stops at x = −18, where a nearly won comparison's gradient still shrinks.
  native: (b, [x]) =>
    b.op('Reciprocal', [b.op('Add', [b.op('Exp', [b.op('Neg', [x!.name])]), b.scalar(1, x!.dtype)])]),
  gpu: sigmoidCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** σ(x) = 1 / (1 + e^(−x)), elementwise, without overflow. */
export const sigmoid = (x: TensorLike): Tensor => applyFloat(sigmoidPrimitive, x)
