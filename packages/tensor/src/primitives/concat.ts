import { addDims, type Dim, equalDims } from '../core/dim'
import { requireSameDType, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, lengthOf, normalizeAxis } from '../core/shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from '../core/tensor'
import { subInt, withAxis } from '../gpu/form'
import { expandDims } from './reshape'
import { slice } from './slice'

export const concatPrimitive: Primitive<{ axis: number }> = {
  name: 'concat',
  infer(inputs, { axis }) {
    const [first] = inputs
    const shape = [...first!.shape]
    for (const next of inputs.slice(1)) {
      requireSameDType('concat', first!.dtype, next.dtype)
      const fits =
        next.shape.length === shape.length &&
        next.shape.every((d, i) => i === axis || equalDims(d, shape[i]!))
      if (!fits) {
        const shapes = inputs.map(({ shape }) => formatShape(shape)).join(' and ')
        throw opError('SHAPE_MISMATCH', 'concat', `shapes ${shapes} differ outside axis ${axis}`)
      }
      shape[axis] = addDims(shape[axis]!, next.shape[axis]!)
    }
    return { shape, dtype: first!.dtype }
  },
  vjp(ct, { inputs, params: { axis } }) {
    let end: Dim = 0
    return inputs.map((input) => {
      const start = end
      end = addDims(start, input.shape[axis]!)
      const stop = end
      return () => slice(ct, axis, start, stop)
    })
  },
  reference(out, inputs, { axis }) {
    const rows = lengthOf(out.shape.slice(0, axis))
    const width = lengthOf(out.shape.slice(axis))
    let column = 0
    for (const input of inputs) {
      const own = lengthOf(input.shape.slice(axis))
      for (let row = 0; row < rows; row++) {
        out.data.set(input.data.subarray(row * own, (row + 1) * own), row * width + column)
      }
      column += own
    }
  },
  native: (builder, inputs, { axis }) =>
    builder.op(
      'Concat',
      inputs.map(({ name }) => name),
      { axis },
    ),
  gpu: {
    reads: 'moved',
    element(w, inputs, { axis }, _result, index) {
      const position = index.axes()[axis]!
      let end = 0
      const parts = inputs
        .filter((input) => input.shape[axis] !== 0)
        .map((input) => {
          const size = input.shape[axis]!
          const start = end
          end += size
          // Read within its bounds even where another part is taken.
          const own = w.hold(subInt(position, start), size)
          const value = input.at(w.index(input.shape, withAxis(index.axes(), axis, own)))
          return { end, value: input.dtype === 'bool' ? `(${value} ? 1.0 : 0.0)` : value }
        })
      const place = w.local(`${position}`)
      const code = parts.reduceRight(
        (rest, part) => (rest ? `(${place} < ${part.end} ? ${part.value} : ${rest})` : part.value),
        '',
      )
      return inputs[0]!.dtype === 'bool' ? `(${w.local(code)} > 0.5)` : code
    },
  },
}

/** The tensors one after another along an axis that exists; other sizes must agree. */
export function concat(tensors: readonly TensorLike[], axis = 0): Tensor {
  if (tensors.length === 0)
    throw opError('INVALID_ARGUMENT', 'concat', 'expected at least one tensor, got none')
  const dtype = commonDtype(...tensors)
  const operands = tensors.map((t) => toDType(t, dtype))
  if (operands.length === 1) return operands[0]!
  return bind(concatPrimitive, operands, { axis: normalizeAxis('concat', axis, operands[0]!.rank) })
}

/** The tensors, all of one shape, as the slices of a new axis. */
export const stack = (tensors: readonly TensorLike[], axis = 0): Tensor =>
  concat(
    tensors.map((t) => expandDims(asTensor(t), axis)),
    axis,
  )
