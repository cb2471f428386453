import { type DType, isFloat } from '../core/dtype'
import { bind, type Primitive } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const castPrimitive: Primitive<{ dtype: DType }> = {
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
  vjp: (ct, { inputs: [x], params }) => [
    isFloat(x!.dtype) && isFloat(params.dtype) ? () => cast(ct, x!.dtype) : null,
  ],
  reference(out, [x], { dtype }) {
    const map =
      dtype === 'bool' ? (v: number) => Number(v !== 0) : dtype === 'i32' ? Math.trunc : (v: number) => v
    for (let i = 0; i < out.data.length; i++) out.data[i] = map(x!.data[i]!)
  },
  native: (builder, [x], { dtype }) => builder.cast(x!.name, dtype),
}

/** x in another element type; to `i32` truncates towards 0, to `bool` is x ≠ 0. */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const value = asTensor(x)
  return value.dtype === dtype ? value : bind(castPrimitive, [value], { dtype })
}
