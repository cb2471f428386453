import { arithmetic, toDType, unaryPrimitive } from '../core/elementwise'
import { bind } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const signPrimitive = unaryPrimitive({
  name: 'sign',
  compute: Math.sign,
  native: 'Sign',
  gpu: (_w, x) => `(${x} > 0.0 ? 1.0 : (${x} < 0.0 ? -1.0 : ${x}))`,
})

/** −1, 0 or 1 with the sign of x, elementwise. */
export function sign(x: TensorLike): Tensor {
  const value = asTensor(x)
  return bind(signPrimitive, [toDType(value, arithmetic(value.dtype))], {})
}
