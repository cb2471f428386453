import { arithmetic, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { type Int, isNaNCode } from '../gpu/form'
import { neg } from './neg'

export const argMaxPrimitive: Primitive<{ axis: number }> = {
  name: 'argMax',
  infer([x], { axis }) {
    if (x!.shape[axis] === 0) {
      throw opError('SHAPE_MISMATCH', 'argMax', `no maximum over an empty axis of ${formatShape(x!.shape)}`)
    }
    return { shape: x!.shape.filter((_, i) => i !== axis), dtype: 'i32' }
  },
  vjp: () => [null],
  reference(out, [x], { axis }) {
    const inner = lengthOf(x!.shape.slice(axis + 1))
    const size = x!.shape[axis]!
    for (let i = 0; i < out.data.length; i++) {
      const base = Math.floor(i / inner) * size * inner + (i % inner)
      let best = 0
      for (let k = 1; k < size; k++) {
        const [value, top] = [x!.data[base + k * inner]!, x!.data[base + best * inner]!]
        if (value > top || (Number.isNaN(value) && !Number.isNaN(top))) best = k
      }
      out.data[i] = best
    }
  },
  native(builder, [x], { axis }) {
    const pick = (value: string) => builder.cast(builder.op('ArgMax', [value], { axis, keepdims: 0 }), 'i32')
    if (x!.dtype === 'i32') return pick(x!.name)
    // ONNX passes over NaN; here, as in NumPy, the first NaN is the largest.
    const isNaN = builder.cast(builder.op('IsNaN', [x!.name]), 'f32')
    const anyNaN = builder.op('ReduceMax', [isNaN, builder.ints([axis])], { keepdims: 0 })
    return builder.op('Where', [builder.cast(anyNaN, 'bool'), pick(isNaN), pick(x!.name)])
  },
  gpu: {
    reads: 'folded',
    cost: 'dear',
    element(w, [x], { axis }, _result, index) {
      const at = (k: Int) => x!.at(w.index(x!.shape, index.axes().toSpliced(axis, 0, k)))
      const first = at(0)
      const [best, top] = [w.variable('0.0'), w.variable(first)]
      const topIsNaN = w.variable(isNaNCode(first))
      w.loop(x!.shape[axis]!, (k) => {
        const value = at(k)
        const valueIsNaN = w.local(isNaNCode(value))
        w.when(`${topIsNaN} < 0.5 && (${value} > ${top} || ${valueIsNaN} > 0.5)`, () => {
          w.assign(best, `${k}`)
          w.assign(top, value)
          w.assign(topIsNaN, valueIsNaN)
        })
      })
      return best
    },
  },
}

/** Index of the largest element along an axis (the first of equals; the first NaN if there is one). */
export function argMax(x: TensorLike, axis = -1): Tensor {
  const value = asTensor(x)
  const operand = toDType(value, arithmetic(value.dtype))
  return bind(argMaxPrimitive, [operand], { axis: normalizeAxis('argMax', axis, operand.rank) })
}

/** Index of the smallest element along an axis (the first of equals; the first NaN if there is one). */
export const argMin = (x: TensorLike, axis = -1): Tensor => argMax(neg(x), axis)
