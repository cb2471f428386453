import { applyBinary, arithmetic, binaryPrimitive } from '../core/elementwise'
import type { Tensor, TensorLike } from '../core/tensor'

export const mulPrimitive = binaryPrimitive({
  name: 'mul',
  compute: (a, b) => a * b,
  computeInteger: Math.imul,
  vjp: (ct, a, b) => [() => mul(ct, b), () => mul(ct, a)],
  native: 'Mul',
  gpu: (a, b, w) => `(${w.factor(a)} * ${w.factor(b)})`,
})

/** a · b, elementwise, broadcasting. */
export const mul = (a: TensorLike, b: TensorLike): Tensor => applyBinary(mulPrimitive, a, b, {}, arithmetic)
