import { type Dim, equalDims } from '../core/dim'
import { arithmetic, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis, requireShape, sizeOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { exactOrNaN, loops, readIndex, valueWithin } from '../gpu/form'
import { checkedIndex, gatherPrimitive, requireIndices } from './gather'

export const scatterAddPrimitive: Primitive<{ axis: number; size: Dim }> = {
  name: 'scatterAdd',
  infer([indices, updates], { axis, size }) {
    requireIndices('scatterAdd', indices!.dtype)
    requireShape('scatterAdd', [size])
    const middle = updates!.shape.slice(axis, axis + indices!.shape.length)
    const fits =
      middle.length === indices!.shape.length && middle.every((d, i) => equalDims(d, indices!.shape[i]!))
    if (!fits) {
      const shapes = `indices ${formatShape(indices!.shape)} and updates ${formatShape(updates!.shape)}`
      throw opError('SHAPE_MISMATCH', 'scatterAdd', `${shapes} do not fit along axis ${axis}`)
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
  gpu: {
    reads: 'often',
    cost: 'dear',
    element(w, [indices, updates], { axis }, { shape, dtype }, index) {
      const axes = index.axes()
      const place = w.local(`${axes[axis]}`)
      const total = w.variable('0.0')
      const sum = (code: string) => (dtype === 'i32' ? exactOrNaN(w, code) : code)
      loops(w, indices!.shape, (k) => {
        const read = readIndex(w, indices!.at(w.index(indices!.shape, k)), shape[axis]!)
        w.when(`${w.local(`${read.position}`)} === ${place}`, () => {
          const from = [...axes.slice(0, axis), ...k, ...axes.slice(axis + 1)]
          const value = updates!.at(w.index(updates!.shape, from))
          w.assign(total, sum(`${total} + ${valueWithin(w, updates!, value, read.within)}`))
        })
      })
      return total
    },
  },
  native(builder, [indices, updates], { axis }, result) {
    // Not ScatterND, which adds in several threads at once and loses updates that meet in one row.
    const rank = indices!.shape.length
    const count = sizeOf(indices!.shape)
    const flat = [...updates!.shape.slice(0, axis), count, ...updates!.shape.slice(axis + rank)]
    const shape = builder.dims(flat)
    const rows = builder.op('Reshape', [updates!.name, shape], { allowzero: 1 })
    const column = builder.dims(flat.map((_, i) => (i === axis ? count : 1)))
    const index = builder.op('Reshape', [indices!.name, column], { allowzero: 1 })
    const zeros = builder.op('Expand', [builder.scalar(0, result.dtype), builder.dims(result.shape)])
    const everywhere = builder.op('Expand', [index, shape])
    return builder.op('ScatterElements', [zeros, everywhere, rows], { axis, reduction: 'add' })
  },
}

/**
 * Adds slices of `updates` into zeros: `result[…, indices[k], …] += updates[…, k, …]` along an axis of the given
 * size. The inverse of {@link take} in the sense of gradients.
 */
export function scatterAdd(indices: TensorLike, updates: TensorLike, size: Dim, axis = 0): Tensor {
  const given = asTensor(updates)
  const value = toDType(given, arithmetic(given.dtype))
  return bind(scatterAddPrimitive, [asTensor(indices, 'i32'), value], {
    axis: normalizeAxis('scatterAdd', axis, value.rank),
    size,
  })
}
