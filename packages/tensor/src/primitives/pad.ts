import { addDims, type Dim, subDims } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, type Shape, stridesOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { subInt } from '../gpu/form'
import { slicePrimitive } from './slice'

export const padPrimitive: Primitive<{ low: Shape; high: Shape; value: number }> = {
  name: 'pad',
  infer([x], { low, high }) {
    return {
      shape: x!.shape.map((dim, axis) => addDims(dim, addDims(low[axis]!, high[axis]!))),
      dtype: x!.dtype,
    }
  },
  vjp(ct, { params: { low, high } }) {
    const ends = ct.shape.map((dim, axis) => subDims(dim, high[axis]!))
    return [() => bind(slicePrimitive, [ct], { starts: low, ends })]
  },
  reference(out, [x], { low, value }) {
    out.data.fill(value)
    const from = stridesOf(x!.shape)
    const to = stridesOf(out.shape)
    for (let i = 0; i < lengthOf(x!.shape); i++) {
      let rest = i
      let at = 0
      for (let axis = 0; axis < to.length; axis++) {
        at += (Math.floor(rest / from[axis]!) + (low[axis] as number)) * to[axis]!
        rest %= from[axis]!
      }
      out.data[at] = x!.data[i]!
    }
  },
  gpu: {
    reads: 'moved',
    element(w, [x], { low, value }, _result, index) {
      const shifted = index.axes().map((position, axis) => subInt(position, low[axis] as number))
      const held = shifted.map((position, axis) => w.hold(position, x!.shape[axis]!))
      const inner = x!.at(w.index(x!.shape, held))
      const padded = shifted.flatMap((position, axis) =>
        index.shape[axis] === x!.shape[axis] ? [] : [[position, held[axis]!]],
      )
      if (padded.length === 0) return inner
      const within = padded
        .map(([position, own]) => `${w.local(`${position}`)} === ${w.local(`${own}`)}`)
        .join(' && ')
      if (x!.dtype === 'bool') return value === 0 ? `((${within}) && ${inner})` : `(!(${within}) || ${inner})`
      return `(${within} ? ${inner} : ${w.literal(value)})`
    },
  },
  native(builder, [x], { low, high, value }) {
    // ONNX pads no booleans.
    const bool = x!.dtype === 'bool'
    const operand = bool ? builder.cast(x!.name, 'i32') : x!.name
    const fill = builder.scalar(value, bool ? 'i32' : x!.dtype)
    const padded = builder.op('Pad', [operand, builder.dims([...low, ...high]), fill])
    return bool ? builder.cast(padded, 'bool') : padded
  },
}

/** x with `value` added before and after along each axis: `widths[axis] = [before, after]`, at least 0. */
export function pad(x: TensorLike, widths: readonly (readonly [Dim, Dim])[], value = 0): Tensor {
  const operand = asTensor(x)
  if (widths.length !== operand.rank || widths.flat().some((w) => typeof w === 'number' && !(w >= 0))) {
    throw opError(
      'INVALID_ARGUMENT',
      'pad',
      `widths: expected ${operand.rank} pairs of non-negative numbers for ${formatShape(operand.shape)}, ` +
        `got ${widths.map((pair) => `[${pair.join(', ')}]`).join(', ') || 'none'}`,
    )
  }
  // ONNX Runtime pads no scalar.
  if (widths.flat().every((width) => width === 0)) return operand
  return bind(padPrimitive, [operand], { low: widths.map(([l]) => l), high: widths.map(([, h]) => h), value })
}
