import { type Dim, equalDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Concrete, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis, type Shape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { checkedIndex, requireIndices } from './gather'
import { scatterAddElementsPrimitive } from './scatter-add-elements'

export const gatherElementsPrimitive: Primitive<{ axis: number }> = {
  name: 'gatherElements',
  infer([x, indices], { axis }) {
    requireIndices('gatherElements', indices!.dtype)
    requireAlike('gatherElements', x!.shape, indices!.shape, axis)
    return { shape: indices!.shape, dtype: x!.dtype }
  },
  vjp(ct, { inputs: [x, indices], params: { axis } }) {
    return [
      () => bind(scatterAddElementsPrimitive, [indices!, ct], { axis, size: x!.shape[axis] as Dim }),
      null,
    ]
  },
  reference(out, [x, indices], { axis }) {
    forEachElement('gatherElements', indices!, x!.shape, axis, (k, at) => {
      out.data[k] = x!.data[at]!
    })
  },
  native: (builder, [x, indices], { axis }) =>
    builder.op('GatherElements', [x!.name, indices!.name], { axis }),
}

/** @throws TensorError `shape-mismatch` unless the shapes agree outside the axis. */
export function requireAlike(op: string, shape: Shape, indices: Shape, axis: number): void {
  const fits =
    shape.length === indices.length && shape.every((d, i) => i === axis || equalDims(d, indices[i]!))
  if (fits) return
  throw opError(
    'shape-mismatch',
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

/**
 * One element of x for each index along an axis, other positions kept: `result[i, j] = x[i, indices[i, j]]` for
 * the last axis. NumPy's `take_along_axis`, PyTorch's `gather`; negative indices count from the back.
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis = -1): Tensor {
  const value = asTensor(x)
  return bind(gatherElementsPrimitive, [value, asTensor(indices, 'i32')], {
    axis: normalizeAxis('gatherElements', axis, value.rank),
  })
}
