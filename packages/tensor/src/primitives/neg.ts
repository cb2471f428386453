import { arithmetic, toDType, unaryPrimitive } from '../core/elementwise'
import { bind } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const negPrimitive = unaryPrimitive({
  name: 'neg',
  compute: (x) => -x,
  vjp: (ct) => neg(ct),
  native: 'Neg',
  gpu: (_w, x) => `(-${x})`,
})

/** −x, elementwise. */
export function neg(x: TensorLike): Tensor {
  const value = asTensor(x)
  return bind(negPrimitive, [toDType(value, arithmetic(value.dtype))], {})
}
