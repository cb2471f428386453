import { type Dim, divideDims, equalDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { equalShapes, formatShape, normalizeAxis, requireShape, type Shape, sizeOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const reshapePrimitive: Primitive<{ shape: Shape }> = {
  name: 'reshape',
  infer([x], { shape }) {
    requireShape('reshape', shape)
    if (!equalDims(sizeOf(x!.shape), sizeOf(shape))) {
      throw opError(
        'SHAPE_MISMATCH',
        'reshape',
        `${formatShape(x!.shape)} cannot be read as ${formatShape(shape)}`,
      )
    }
    return { shape, dtype: x!.dtype }
  },
  vjp: (ct, { inputs: [x] }) => [() => reshape(ct, x!.shape)],
  reference: (out, [x]) => out.data.set(x!.data),
  gpu: {
    reads: 'moved',
    cost: 'nothing',
    inPlace: true,
    element: (w, [x], _params, _result, index) => x!.at(w.indexOfFlat(x!.shape, index.flat())),
  },
  native: (builder, [x], { shape }) =>
    builder.op('Reshape', [x!.name, builder.dims(shape)], { allowzero: 1 }),
}

/** The same elements in another shape; one dimension may be −1 and takes what is left. */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const value = asTensor(x)
  const full = inferDim(value, shape)
  return equalShapes(value.shape, full) ? value : bind(reshapePrimitive, [value], { shape: full })
}

function inferDim(x: Tensor, shape: Shape): Shape {
  const at = shape.indexOf(-1)
  if (at < 0) return shape
  const rest = shape.filter((_, axis) => axis !== at)
  const dim: Dim | undefined = rest.includes(-1) ? undefined : divideDims(x.size, sizeOf(rest))
  if (dim === undefined) {
    throw opError(
      'SHAPE_MISMATCH',
      'reshape',
      `${formatShape(x.shape)} cannot be read as ${formatShape(shape)}`,
    )
  }
  return shape.map((d, axis) => (axis === at ? dim : d))
}

/** x with a new axis of size 1 before `axis` (negative counts from the back, −1 appends). */
export function expandDims(x: TensorLike, axis: number): Tensor {
  const value = asTensor(x)
  const at = normalizeAxis('expandDims', axis, value.rank + 1)
  return reshape(value, [...value.shape.slice(0, at), 1, ...value.shape.slice(at)])
}

/** x without the given axis, whose size must be 1. */
export function squeeze(x: TensorLike, axis: number): Tensor {
  const value = asTensor(x)
  const at = normalizeAxis('squeeze', axis, value.rank)
  if (value.shape[at] !== 1) {
    throw opError('SHAPE_MISMATCH', 'squeeze', `axis ${axis} of ${formatShape(value.shape)} is not of size 1`)
  }
  return reshape(
    value,
    value.shape.filter((_, i) => i !== at),
  )
}
