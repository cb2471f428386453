import { arithmetic, toDType, unaryPrimitive } from '../core/elementwise'
import { bind } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { mul } from './mul'
import { sign } from './sign'

export const absPrimitive = unaryPrimitive({
  name: 'abs',
  compute: Math.abs,
  vjp: (ct, x) => mul(ct, sign(x)),
  native: 'Abs',
  gpu: (_w, x) => `Math.abs(${x})`,
})

/** |x|, elementwise; its gradient at 0 is 0. */
export function abs(x: TensorLike): Tensor {
  const value = asTensor(x)
  return bind(absPrimitive, [toDType(value, arithmetic(value.dtype))], {})
}
