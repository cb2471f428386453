import { arithmetic, toDType } from '../core/elementwise'
import { bind, type Primitive } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { exactOrNaN, withAxis } from '../gpu/form'

export const cumsumPrimitive: Primitive<{ axis: number; reverse: boolean }> = {
  name: 'cumsum',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  vjp: (ct, { params: { axis, reverse } }) => [
    () => bind(cumsumPrimitive, [ct], { axis, reverse: !reverse }),
  ],
  reference(out, [x], { axis, reverse }) {
    const inner = lengthOf(out.shape.slice(axis + 1))
    const size = out.shape[axis]!
    const lanes = size === 0 ? 0 : out.data.length / size
    for (let lane = 0; lane < lanes; lane++) {
      const base = Math.floor(lane / inner) * size * inner + (lane % inner)
      let total = 0
      for (let k = 0; k < size; k++) {
        const at = base + (reverse ? size - 1 - k : k) * inner
        out.data[at] = total += x!.data[at]!
      }
    }
  },
  gpu: {
    reads: 'often',
    cost: 'dear',
    element(w, [x], { axis, reverse }, { shape, dtype }, index) {
      const place = w.local(`${index.axes()[axis]}`)
      const total = w.variable('0.0')
      const sum = (code: string) => (dtype === 'i32' ? exactOrNaN(w, code) : code)
      w.loop(shape[axis]!, (k) => {
        const value = x!.at(w.index(shape, withAxis(index.axes(), axis, k)))
        w.when(`${w.local(`${k}`)} ${reverse ? '>=' : '<='} ${place}`, () =>
          w.assign(total, sum(`${total} + ${value}`)),
        )
      })
      return total
    },
  },
  native(builder, [x], { axis, reverse }) {
    return builder.op('CumSum', [x!.name, builder.scalar(axis, 'i64')], { reverse: Number(reverse) })
  },
}

/** Running sum along an axis, from the front, or from the back with `reverse`. */
export function cumsum(x: TensorLike, axis = -1, options: { reverse?: boolean } = {}): Tensor {
  requireOptions('cumsum', options, { reverse: true })
  const value = asTensor(x)
  const operand = toDType(value, arithmetic(value.dtype))
  return bind(cumsumPrimitive, [operand], {
    axis: normalizeAxis('cumsum', axis, operand.rank),
    reverse: options.reverse ?? false,
  })
}
