import { forEachBroadcast, sumToShape } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { broadcastShapes, equalShapes, formatShape, requireShape, type Shape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const broadcastToPrimitive: Primitive<{ shape: Shape }> = {
  name: 'broadcastTo',
  infer([x], { shape }) {
    requireShape('broadcastTo', shape)
    if (!equalShapes(broadcastShapes('broadcastTo', x!.shape, shape), shape)) {
      throw opError(
        'SHAPE_MISMATCH',
        'broadcastTo',
        `${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}`,
      )
    }
    return { shape, dtype: x!.dtype }
  },
  vjp: (ct, { inputs: [x] }) => [() => sumToShape(ct, x!.shape)],
  reference(out, [x]) {
    // Zeros and ones are made this way.
    if (x!.data.length === 1) return void out.data.fill(x!.data[0]!)
    forEachBroadcast(out.shape, [x!], (i, [ix]) => {
      out.data[i] = x!.data[ix!]!
    })
  },
  native: (builder, [x], { shape }) => builder.op('Expand', [x!.name, builder.dims(shape)]),
  gpu: {
    reads: 'moved',
    cost: 'nothing',
    element: (w, [x], _params, _result, index) => x!.at(w.broadcast(index, x!.shape)),
  },
}

/** x repeated along new axes and axes of size 1 until it has this shape. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const value = asTensor(x)
  return equalShapes(value.shape, shape) ? value : bind(broadcastToPrimitive, [value], { shape })
}
