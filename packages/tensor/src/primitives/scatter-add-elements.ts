import type { Dim } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { equalShapes, formatShape } from '../core/shape'
import { exactOrNaN, readIndex, valueWithin, withAxis } from '../gpu/form'
import { requireIndices } from './gather'
import { forEachElement, gatherElementsPrimitive } from './gather-elements'

export const scatterAddElementsPrimitive: Primitive<{ axis: number; size: Dim }> = {
  name: 'scatterAddElements',
  infer([indices, updates], { axis, size }) {
    requireIndices('scatterAddElements', indices!.dtype)
    if (!equalShapes(indices!.shape, updates!.shape)) {
      const shapes = `indices ${formatShape(indices!.shape)} and updates ${formatShape(updates!.shape)}`
      throw opError('SHAPE_MISMATCH', 'scatterAddElements', `${shapes} differ`)
    }
    return { shape: updates!.shape.map((dim, i) => (i === axis ? size : dim)), dtype: updates!.dtype }
  },
  vjp(ct, { inputs: [indices], params: { axis } }) {
    return [null, () => bind(gatherElementsPrimitive, [ct, indices!], { axis })]
  },
  reference(out, [indices, updates], { axis }) {
    const totals = new Float64Array(out.data.length)
    forEachElement('scatterAddElements', indices!, out.shape, axis, (k, at) => {
      totals[at]! += updates!.data[k]!
    })
    out.data.set(totals)
  },
  gpu: {
    reads: 'often',
    cost: 'dear',
    element(w, [indices, updates], { axis }, { shape, dtype }, index) {
      const place = w.local(`${index.axes()[axis]}`)
      const total = w.variable('0.0')
      const sum = (code: string) => (dtype === 'i32' ? exactOrNaN(w, code) : code)
      w.loop(indices!.shape[axis]!, (k) => {
        const from = w.index(indices!.shape, withAxis(index.axes(), axis, k))
        const read = readIndex(w, indices!.at(from), shape[axis]!)
        w.when(`${w.local(`${read.position}`)} === ${place}`, () => {
          w.assign(total, sum(`${total} + ${valueWithin(w, updates!, updates!.at(from), read.within)}`))
        })
      })
      return total
    },
  },
  native(builder, [indices, updates], { axis }, result) {
    const zeros = builder.op('Expand', [builder.scalar(0, result.dtype), builder.dims(result.shape)])
    return builder.op('ScatterElements', [zeros, indices!.name, updates!.name], { axis, reduction: 'add' })
  },
}
