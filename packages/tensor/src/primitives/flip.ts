import { bind, type Primitive } from '../core/primitive'
import { lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { subInt, withAxis } from '../gpu/form'

export const flipPrimitive: Primitive<{ axis: number }> = {
  name: 'flip',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  vjp: (ct, { params: { axis } }) => [() => flip(ct, axis)],
  reference(out, [x], { axis }) {
    const inner = lengthOf(out.shape.slice(axis + 1))
    const size = out.shape[axis]!
    for (let i = 0; i < out.data.length; i++) {
      const at = Math.floor(i / inner) % size
      out.data[i] = x!.data[i + (size - 1 - 2 * at) * inner]!
    }
  },
  gpu: {
    reads: 'moved',
    cost: 'nothing',
    element(w, [x], { axis }, { shape }, index) {
      const back = subInt(shape[axis]! - 1, index.axes()[axis]!)
      return x!.at(w.index(shape, withAxis(index.axes(), axis, back)))
    },
  },
  native(builder, [x], { axis }) {
    const [start, end, step] = [builder.ints([-1]), builder.ints([-(2 ** 31)]), builder.ints([-1])]
    return builder.op('Slice', [x!.name, start, end, builder.ints([axis]), step])
  },
}

/** x with one axis reversed. */
export function flip(x: TensorLike, axis: number): Tensor {
  const value = asTensor(x)
  return bind(flipPrimitive, [value], { axis: normalizeAxis('flip', axis, value.rank) })
}
