import { arithmetic, toDType } from '../core/elementwise'
import { bind, type Primitive } from '../core/primitive'
import { lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const argSortPrimitive: Primitive<{ axis: number; descending: boolean }> = {
  name: 'argSort',
  infer: ([x]) => ({ shape: x!.shape, dtype: 'i32' }),
  vjp: () => [null],
  reference(out, [x], { axis, descending }) {
    const inner = lengthOf(out.shape.slice(axis + 1))
    const size = out.shape[axis]!
    const lanes = size === 0 ? 0 : out.data.length / size
    for (let lane = 0; lane < lanes; lane++) {
      const base = Math.floor(lane / inner) * size * inner + (lane % inner)
      const at = (k: number) => x!.data[base + k * inner]!
      const order = Array.from({ length: size }, (_, k) => k)
      order.sort((i, j) => (descending ? compare(at(j), at(i)) : compare(at(i), at(j))) || i - j)
      order.forEach((from, k) => {
        out.data[base + k * inner] = from
      })
    }
  },
  native(builder, [x], { axis, descending }) {
    const k = builder.dims([x!.shape[axis]!])
    const order = (value: string) =>
      builder.multi('TopK', [value, k], 2, { axis, largest: Number(descending), sorted: 1 })[1]!
    if (x!.dtype === 'i32') return builder.cast(order(x!.name), 'i32')
    // TopK keeps the order of equals, so two passes sort by (is NaN, value): first by value, with NaN among
    // the infinities, then by whether it was NaN.
    const isNaN = builder.op('IsNaN', [x!.name])
    const infinity = builder.scalar(Number.POSITIVE_INFINITY, x!.dtype)
    const byValue = order(builder.op('Where', [isNaN, infinity, x!.name]))
    const moved = builder.op('GatherElements', [builder.cast(isNaN, 'f32'), byValue], { axis })
    return builder.cast(builder.op('GatherElements', [byValue, order(moved)], { axis }), 'i32')
  },
}

/** Ascending, with NaN above every number. */
const compare = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b)
    ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    : a < b
      ? -1
      : a > b
        ? 1
        : 0

/** The indices that sort x along an axis, stably; NaN counts as larger than every number. */
export function argSort(x: TensorLike, axis = -1, options: { descending?: boolean } = {}): Tensor {
  const value = asTensor(x)
  const operand = toDType(value, arithmetic(value.dtype))
  return bind(argSortPrimitive, [operand], {
    axis: normalizeAxis('argSort', axis, operand.rank),
    descending: options.descending ?? false,
  })
}
