import { type Dim, equalDims, mulDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { checkedIndex, gatherPrimitive, requireIndices } from './gather'

export const scatterAddPrimitive: Primitive<{ axis: number; size: Dim }> = {
  name: 'scatterAdd',
  infer([indices, updates], { axis, size }) {
    requireIndices('scatterAdd', indices!.dtype)
    const middle = updates!.shape.slice(axis, axis + indices!.shape.length)
    const fits =
      middle.length === indices!.shape.length && middle.every((d, i) => equalDims(d, indices!.shape[i]!))
    if (!fits) {
      const shapes = `indices ${formatShape(indices!.shape)} and updates ${formatShape(updates!.shape)}`
      throw opError('shape-mismatch', 'scatterAdd', `${shapes} do not fit along axis ${axis}`)
    }
    const rest = updates!.shape.slice(axis + indices!.shape.length)
    return { shape: [...updates!.shape.slice(0, axis), size, ...rest], dtype: updates!.dtype }
  },
  vjp: (ct, { inputs: [indices], params: { axis } }) => [
    null,
    () => bind(gatherPrimitive, [ct, indices!], { axis }),
  ],
  reference(out, [indices, updates], { axis }) {
    const size = out.shape[axis]!
    const inner = lengthOf(out.shape.slice(axis + 1))
    const outer = lengthOf(out.shape.slice(0, axis))
    const totals = new Float64Array(out.data.length)
    let from = 0
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < indices!.data.length; k++) {
        const to = (o * size + checkedIndex('scatterAdd', indices!, k, size)) * inner
        for (let i = 0; i < inner; i++) totals[to + i]! += updates!.data[from++]!
      }
    }
    out.data.set(totals)
  },
  native(builder, [indices, updates], { axis }, result) {
    // ScatterND adds slices along the leading axis, so another axis is brought to the front first.
    const rank = indices!.shape.length
    const lead = Array.from({ length: axis }, (_, i) => i)
    const flat = builder.op('Reshape', [builder.cast(indices!.name, 'i64'), builder.ints([-1, 1])])
    const order = updates!.shape.map((_, i) => i)
    const front = [...order.slice(axis, axis + rank), ...lead, ...order.slice(axis + rank)]
    const moved = axis === 0 ? updates!.name : builder.op('Transpose', [updates!.name], { perm: front })
    const slices = front.slice(rank).map((i) => updates!.shape[i]!)
    const rows = builder.op(
      'Reshape',
      [moved, builder.dims([indices!.shape.reduce(mulDims, 1 as Dim), ...slices])],
      {
        allowzero: 1,
      },
    )
    const zeros = builder.op('Expand', [
      builder.scalar(0, result.dtype),
      builder.dims([result.shape[axis]!, ...slices]),
    ])
    const sum = builder.op('ScatterND', [zeros, flat, rows], { reduction: 'add' })
    if (axis === 0) return sum
    const back = result.shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i))
    return builder.op('Transpose', [sum], { perm: back })
  },
}

/**
 * Adds slices of `updates` into zeros: `result[…, indices[k], …] += updates[…, k, …]` along an axis of the given
 * size. The inverse of {@link take} in the sense of gradients.
 */
export function scatterAdd(indices: TensorLike, updates: TensorLike, size: Dim, axis = 0): Tensor {
  const value = asTensor(updates)
  return bind(scatterAddPrimitive, [asTensor(indices, 'i32'), value], {
    axis: normalizeAxis('scatterAdd', axis, value.rank),
    size,
  })
}
