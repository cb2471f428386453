import { type Dim, equalDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Concrete, type Primitive } from '../core/primitive'
import { broadcastShapes, formatShape, lengthOf, normalizeAxis, type Shape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { readIndex, valueWithin, withAxis } from '../gpu/form'
import { broadcastTo } from './broadcast-to'
import { checkedIndex, requireIndices } from './gather'
import { scatterAddElementsPrimitive } from './scatter-add-elements'

export const gatherElementsPrimitive: Primitive<{ axis: number }> = {
  name: 'gatherElements',
  infer([x, indices], { axis }) {
    requireIndices('takeAlongAxis', indices!.dtype)
    requireAlike('takeAlongAxis', x!.shape, indices!.shape, axis)
    return { shape: indices!.shape, dtype: x!.dtype }
  },
  vjp(ct, { inputs: [x, indices], params: { axis } }) {
    return [
      () => bind(scatterAddElementsPrimitive, [indices!, ct], { axis, size: x!.shape[axis] as Dim }),
      null,
    ]
  },
  reference(out, [x, indices], { axis }) {
    forEachElement('takeAlongAxis', indices!, x!.shape, axis, (k, at) => {
      out.data[k] = x!.data[at]!
    })
  },
  gpu: {
    reads: 'moved',
    element(w, [x, indices], { axis }, _result, index) {
      const read = readIndex(w, indices!.at(index), x!.shape[axis]!)
      const value = x!.at(w.index(x!.shape, withAxis(index.axes(), axis, read.position)))
      return valueWithin(w, x!, value, read.within)
    },
  },
  native: (builder, [x, indices], { axis }) =>
    builder.op('GatherElements', [x!.name, indices!.name], { axis }),
}

/** @throws TensorError `SHAPE_MISMATCH` unless the shapes agree outside the axis. */
function requireAlike(op: string, shape: Shape, indices: Shape, axis: number): void {
  const fits =
    shape.length === indices.length && shape.every((d, i) => i === axis || equalDims(d, indices[i]!))
  if (fits) return
  throw opError(
    'SHAPE_MISMATCH',
    op,
    `shapes ${formatShape(shape)} and ${formatShape(indices)} (indices) differ outside axis ${axis}`,
  )
}

/** Visits each position of `indices` with the position it points at in a tensor of this shape. */
export function forEachElement(
  op: string,
  indices: Concrete,
  shape: readonly number[],
  axis: number,
  visit: (k: number, at: number) => void,
): void {
  const inner = lengthOf(shape.slice(axis + 1))
  const lane = indices.shape[axis]! * inner
  for (let k = 0; k < indices.data.length; k++) {
    const index = checkedIndex(op, indices, k, shape[axis]!)
    visit(k, (Math.floor(k / lane) * shape[axis]! + index) * inner + (k % inner))
  }
}

/** The shapes that both are broadcast to: each other's, but for the axis. */
function alike(x: Tensor, indices: Tensor, axis: number): [Shape, Shape] {
  if (x.rank !== indices.rank) return [x.shape, indices.shape]
  const without = (shape: Shape) => shape.map((dim, i) => (i === axis ? 1 : dim))
  const common = broadcastShapes('takeAlongAxis', without(x.shape), without(indices.shape))
  const along = (own: Shape) => common.map((dim, i) => (i === axis ? own[axis]! : dim))
  return [along(x.shape), along(indices.shape)]
}

/**
 * One element of x for each index along an axis, other positions kept: `result[i, j] = x[i, indices[i, j]]` for
 * the last axis; x and the indices broadcast outside it. NumPy's `take_along_axis`, PyTorch's `gather`; negative
 * indices count from the back.
 * @throws TensorError `INDEX_OUT_OF_RANGE`, `SHAPE_MISMATCH` when the ranks differ or the shapes do not broadcast.
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const [value, at] = [asTensor(x), asTensor(indices, 'i32')]
  const front = normalizeAxis('takeAlongAxis', axis, value.rank)
  const [shape, indexShape] = alike(value, at, front)
  const operands = [broadcastTo(value, shape), broadcastTo(at, indexShape)]
  return bind(gatherElementsPrimitive, operands, { axis: front })
}
