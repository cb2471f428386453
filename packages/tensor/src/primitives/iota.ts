import type { Dim } from '../core/dim'
import type { DType } from '../core/dtype'
import { bind, type Primitive } from '../core/primitive'
import { requireShape } from '../core/shape'
import type { Tensor } from '../core/tensor'

export const iotaPrimitive: Primitive<{ size: Dim; dtype: DType }> = {
  name: 'iota',
  infer(_, { size, dtype }) {
    requireShape('iota', [size])
    return { shape: [size], dtype }
  },
  vjp: () => [],
  reference(out) {
    for (let i = 0; i < out.data.length; i++) out.data[i] = i
  },
  gpu: { cost: 'nothing', element: (w, _, _params, _result, index) => w.local(`${index.axes()[0]}`) },
  native(builder, _, { size, dtype }) {
    const range = builder.op('Range', [builder.scalar(0, 'i64'), builder.dim(size), builder.scalar(1, 'i64')])
    return builder.cast(range, dtype)
  },
}

/** 0, 1, …, size − 1, along one axis. */
export const iota = (size: Dim, dtype: DType = 'i32'): Tensor => bind(iotaPrimitive, [], { size, dtype })
