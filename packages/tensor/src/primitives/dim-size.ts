import type { Dim } from '../core/dim'
import type { DType } from '../core/dtype'
import { bind, type Primitive } from '../core/primitive'
import type { Tensor } from '../core/tensor'

export const dimSizePrimitive: Primitive<{ dim: Dim; dtype: DType }> = {
  name: 'dimSize',
  infer: (_, { dtype }) => ({ shape: [], dtype }),
  vjp: () => [],
  reference(out, _, { dim }) {
    out.data[0] = dim as number
  },
  gpu: { cost: 'nothing', element: (w, _, { dim }) => w.literal(dim as number) },
  native: (builder, _, { dim, dtype }) => builder.cast(builder.dim(dim), dtype),
}

/** A dimension as a scalar tensor, so that a mean over a symbolic batch divides by the size of each call. */
export const dimSize = (dim: Dim, dtype: DType = 'f32'): Tensor => bind(dimSizePrimitive, [], { dim, dtype })
