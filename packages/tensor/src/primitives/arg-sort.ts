import { addDims } from '../core/dim'
import { arithmetic, toDType } from '../core/elementwise'
import { bind, type Primitive } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { isConcrete, lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { isNaNCode, withAxis } from '../gpu/form'
import type { NativeValue, OnnxBuilder, ValueName } from '../native/builder'

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
    if (isConcrete(x!.shape)) return builder.cast(sortedOrder(builder, x!, axis, descending), 'i32')
    // ONNX Runtime's TopK of nothing ends the process, so an axis that may be empty gets one element more. It
    // sorts last, and is cut off again.
    const last = descending ? [-(2 ** 31), Number.NEGATIVE_INFINITY] : [2 ** 31 - 1, Number.NaN]
    const fill = builder.scalar(x!.dtype === 'i32' ? last[0]! : last[1]!, x!.dtype)
    const low = x!.shape.map(() => 0)
    const high = x!.shape.map((dim) => Number(typeof dim !== 'number'))
    const shape = x!.shape.map((dim, i) => addDims(dim, high[i]!))
    const name = builder.op('Pad', [x!.name, builder.ints([...low, ...high]), fill])
    const order = sortedOrder(builder, { name, shape, dtype: x!.dtype }, axis, descending)
    const axes = builder.ints(low.map((_, i) => i))
    return builder.cast(builder.op('Slice', [order, builder.ints(low), builder.dims(x!.shape), axes]), 'i32')
  },
  gpu: {
    reads: 'often',
    cost: 'dear',
    // Each element's rank: how many come before it.
    before(w, [x], { axis, descending }, { shape }, index) {
      const own = x!.at(index)
      const ownIsNaN = w.local(isNaNCode(own))
      const position = w.local(`${index.axes()[axis]}`)
      const rank = w.variable('0.0')
      w.loop(shape[axis]!, (k) => {
        const other = x!.at(w.index(shape, withAxis(index.axes(), axis, k)))
        const otherIsNaN = w.local(isNaNCode(other))
        const smaller = `(${otherIsNaN} < ${ownIsNaN} || (${ownIsNaN} < 0.5 && ${other} < ${own}))`
        const larger = `(${otherIsNaN} > ${ownIsNaN} || (${ownIsNaN} < 0.5 && ${other} > ${own}))`
        const before = w.local(`(${descending ? larger : smaller} ? 1.0 : 0.0)`)
        const after = w.local(`(${descending ? smaller : larger} ? 1.0 : 0.0)`)
        const place = w.local(`${k}`)
        const tied = `${after} < 0.5 && ${place} < ${position}`
        w.when(`${before} > 0.5 || (${tied})`, () => w.assign(rank, `${rank} + 1.0`))
      })
      return rank
    },
    // The element with the rank of each place.
    element(w, [, rank], { axis }, { shape }, index) {
      const place = w.local(`${index.axes()[axis]}`)
      const found = w.variable('0.0')
      w.loop(shape[axis]!, (k) => {
        const at = rank!.at(w.index(shape, withAxis(index.axes(), axis, k)))
        w.when(`${at} === ${place}`, () => w.assign(found, `${k}`))
      })
      return found
    },
  },
}

/** The stable order of a tensor that has elements, as int64. */
function sortedOrder(builder: OnnxBuilder, x: NativeValue, axis: number, descending: boolean): ValueName {
  const k = builder.dims([x.shape[axis]!])
  const order = (value: string) =>
    builder.multi('TopK', [value, k], 2, { axis, largest: Number(descending), sorted: 1 })[1]!
  if (x.dtype === 'i32') return order(x.name)
  // TopK keeps the order of equals, so two passes sort by (is NaN, value): first by value, with NaN among
  // the infinities, then by whether it was NaN.
  const isNaN = builder.op('IsNaN', [x.name])
  const infinity = builder.scalar(Number.POSITIVE_INFINITY, x.dtype)
  const byValue = order(builder.op('Where', [isNaN, infinity, x.name]))
  const moved = builder.op('GatherElements', [builder.cast(isNaN, 'f32'), byValue], { axis })
  return builder.op('GatherElements', [byValue, order(moved)], { axis })
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
  requireOptions('argSort', options, { descending: true })
  const value = asTensor(x)
  const operand = toDType(value, arithmetic(value.dtype))
  return bind(argSortPrimitive, [operand], {
    axis: normalizeAxis('argSort', axis, operand.rank),
    descending: options.descending ?? false,
  })
}
