import { applyFloat, unaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'
import { softplusCode } from '../gpu/functions'
import { mul } from './mul'
import { sigmoid } from './sigmoid'

export const softplusPrimitive = unaryPrimitive({
  name: 'softplus',
  compute: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  vjp: (ct, x) => mul(ct, sigmoid(x)),
  native: 'Softplus',
  gpu: softplusCode,
  gpuCost: 'dear',
  floatOnly: true,
})

/** log(1 + e^x), elementwise, without overflow; −log σ(x) is softplus(−x). */
export const softplus = (x: TensorLike): Tensor => applyFloat(softplusPrimitive, x)
