import { addDims, type Dim, divideDims, mulDims, subDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis, type Shape, stridesOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { addInt } from '../gpu/form'
import { pad } from './pad'

export const slicePrimitive: Primitive<{ starts: Shape; ends: Shape }> = {
  name: 'slice',
  infer([x], { starts, ends }) {
    const shape = x!.shape.map((dim, axis) => {
      const size = subDims(ends[axis]!, starts[axis]!)
      const fits = [starts[axis]!, size, subDims(dim, ends[axis]!)].every(
        (d) => typeof d !== 'number' || d >= 0,
      )
      if (fits) return size
      throw opError(
        'INDEX_OUT_OF_RANGE',
        'slice',
        `${formatShape(starts)} to ${formatShape(ends)} does not lie within ${formatShape(x!.shape)}`,
      )
    })
    return { shape, dtype: x!.dtype }
  },
  vjp(ct, { inputs: [x], params: { starts, ends } }) {
    return [
      () =>
        pad(
          ct,
          x!.shape.map((dim, axis) => [starts[axis]!, subDims(dim, ends[axis]!)]),
        ),
    ]
  },
  reference(out, [x], { starts }) {
    const from = stridesOf(x!.shape)
    const to = stridesOf(out.shape)
    for (let i = 0; i < lengthOf(out.shape); i++) {
      let rest = i
      let at = 0
      for (let axis = 0; axis < to.length; axis++) {
        at += (Math.floor(rest / to[axis]!) + (starts[axis] as number)) * from[axis]!
        rest %= to[axis]!
      }
      out.data[i] = x!.data[at]!
    }
  },
  gpu: {
    reads: 'moved',
    cost: 'nothing',
    element(w, [x], { starts }, _result, index) {
      return x!.at(
        w.index(
          x!.shape,
          index.axes().map((position, axis) => addInt(position, starts[axis] as number)),
        ),
      )
    },
  },
  native(builder, [x], { starts, ends }) {
    const axes = builder.ints(starts.map((_, axis) => axis))
    return builder.op('Slice', [x!.name, builder.dims(starts), builder.dims(ends), axes])
  },
}

/** The part of x from `start` (inclusive) to `end` (exclusive) along one axis; negative numbers count from the back. */
export function slice(x: TensorLike, axis: number, start: Dim, end?: Dim): Tensor {
  const value = asTensor(x)
  const at = normalizeAxis('slice', axis, value.rank)
  const dim = value.shape[at]!
  const fromFront = (d: Dim): Dim => (typeof d === 'number' && d < 0 ? addDims(dim, d) : d)
  const starts = value.shape.map((_, i) => (i === at ? fromFront(start) : 0))
  const ends = value.shape.map((d, i) => (i === at ? fromFront(end ?? dim) : d))
  return bind(slicePrimitive, [value], { starts, ends })
}

/** x cut into equal parts along an axis. */
export function split(x: TensorLike, parts: number, axis = 0): Tensor[] {
  const value = asTensor(x)
  const at = normalizeAxis('split', axis, value.rank)
  const size = divideDims(value.shape[at]!, parts)
  if (size === undefined) {
    throw opError(
      'SHAPE_MISMATCH',
      'split',
      `axis ${axis} of ${formatShape(value.shape)} has no ${parts} equal parts`,
    )
  }
  return Array.from({ length: parts }, (_, i) => slice(value, at, mulDims(size, i), mulDims(size, i + 1)))
}
