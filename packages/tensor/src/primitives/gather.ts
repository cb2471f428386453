import type { Dim } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Concrete, type Primitive } from '../core/primitive'
import { lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { readIndex, valueWithin } from '../gpu/form'
import { scatterAddPrimitive } from './scatter-add'

export const gatherPrimitive: Primitive<{ axis: number }> = {
  name: 'gather',
  infer([x, indices], { axis }) {
    requireIndices('take', indices!.dtype)
    return {
      shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
      dtype: x!.dtype,
    }
  },
  vjp(ct, { inputs: [x, indices], params: { axis } }) {
    return [() => bind(scatterAddPrimitive, [indices!, ct], { axis, size: x!.shape[axis] as Dim }), null]
  },
  reference(out, [x, indices], { axis }) {
    const inner = lengthOf(x!.shape.slice(axis + 1))
    const size = x!.shape[axis]!
    const outer = lengthOf(x!.shape.slice(0, axis))
    let to = 0
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < indices!.data.length; k++) {
        const from = (o * size + checkedIndex('take', indices!, k, size)) * inner
        out.data.set(x!.data.subarray(from, from + inner), to)
        to += inner
      }
    }
  },
  gpu: {
    reads: 'moved',
    element(w, [x, indices], { axis }, _result, index) {
      const rank = indices!.shape.length
      const axes = index.axes()
      const read = readIndex(
        w,
        indices!.at(w.index(indices!.shape, axes.slice(axis, axis + rank))),
        x!.shape[axis]!,
      )
      const from = [...axes.slice(0, axis), read.position, ...axes.slice(axis + rank)]
      return valueWithin(w, x!, x!.at(w.index(x!.shape, from)), read.within)
    },
  },
  native: (builder, [x, indices], { axis }) => builder.op('Gather', [x!.name, indices!.name], { axis }),
}

/** @throws TensorError `DTYPE_MISMATCH` unless indices are i32. */
export function requireIndices(op: string, dtype: string): void {
  if (dtype !== 'i32') throw opError('DTYPE_MISMATCH', op, `indices must be i32, got ${dtype}`)
}

/** The k-th index, counted from the front. @throws TensorError `INDEX_OUT_OF_RANGE`. */
export function checkedIndex(op: string, indices: Concrete, k: number, size: number): number {
  const index = indices.data[k]!
  const positive = index < 0 ? index + size : index
  if (positive >= 0 && positive < size) return positive
  throw opError('INDEX_OUT_OF_RANGE', op, `index ${index} is out of range for an axis of size ${size}`)
}

/**
 * Slices of x along an axis, one for each index (negative ones count from the back): the result has the shape
 * of `indices` in place of that axis. Rows of an embedding table are `take(table, ids, 0)`.
 */
export function take(x: TensorLike, indices: TensorLike, axis = 0): Tensor {
  const value = asTensor(x)
  return bind(gatherPrimitive, [value, asTensor(indices, 'i32')], {
    axis: normalizeAxis('take', axis, value.rank),
  })
}
