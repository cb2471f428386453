import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { lengthOf, normalizeAxis, stridesOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const transposePrimitive: Primitive<{ permutation: readonly number[] }> = {
  name: 'transpose',
  infer: ([x], { permutation }) => ({ shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
  vjp: (ct, { params: { permutation } }) => [
    () =>
      transpose(
        ct,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  reference(out, [x], { permutation }) {
    const from = stridesOf(x!.shape)
    const steps = permutation.map((axis) => from[axis]!)
    const to = stridesOf(out.shape)
    for (let i = 0; i < lengthOf(out.shape); i++) {
      let rest = i
      let at = 0
      for (let axis = 0; axis < to.length; axis++) {
        at += Math.floor(rest / to[axis]!) * steps[axis]!
        rest %= to[axis]!
      }
      out.data[i] = x!.data[at]!
    }
  },
  gpu: {
    reads: 'moved',
    cost: 'nothing',
    element(w, [x], { permutation }, _result, index) {
      const axes = index.axes()
      return x!.at(
        w.index(
          x!.shape,
          permutation.map((_, axis) => axes[permutation.indexOf(axis)]!),
        ),
      )
    },
  },
  native: (builder, [x], { permutation }) => builder.op('Transpose', [x!.name], { perm: permutation }),
}

/** x with its axes reordered: axis i of the result is axis `permutation[i]` of x. Default: reversed. */
export function transpose(x: TensorLike, permutation?: readonly number[]): Tensor {
  const value = asTensor(x)
  const reversed = value.shape.map((_, axis) => value.rank - 1 - axis)
  const order = (permutation ?? reversed).map((axis) => normalizeAxis('transpose', axis, value.rank))
  if (order.length !== value.rank || new Set(order).size !== value.rank) {
    throw opError('INVALID_ARGUMENT', 'transpose', `[${permutation}] is no permutation of ${value.rank} axes`)
  }
  return order.every((axis, i) => axis === i)
    ? value
    : bind(transposePrimitive, [value], { permutation: order })
}

/** x with two axes exchanged; by default the last two. */
export function swapAxes(x: TensorLike, a = -1, b = -2): Tensor {
  const value = asTensor(x)
  const order = value.shape.map((_, axis) => axis)
  const [i, j] = [normalizeAxis('swapAxes', a, value.rank), normalizeAxis('swapAxes', b, value.rank)]
  order[i] = j
  order[j] = i
  return transpose(value, order)
}
