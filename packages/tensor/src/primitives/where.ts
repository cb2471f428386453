import { forEachBroadcast, requireSameDType, sumToShape, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { broadcastShapes } from '../core/shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from '../core/tensor'
import type { NativeValue, OnnxBuilder, ValueName } from '../native/builder'

export const wherePrimitive: Primitive<Record<string, never>> = {
  name: 'where',
  infer([condition, a, b]) {
    if (condition!.dtype !== 'bool') {
      throw opError('DTYPE_MISMATCH', 'where', `the condition must be bool, got ${condition!.dtype}`)
    }
    requireSameDType('where', a!.dtype, b!.dtype)
    return { shape: broadcastShapes('where', condition!.shape, a!.shape, b!.shape), dtype: a!.dtype }
  },
  vjp(ct, { inputs: [condition, a, b] }) {
    return [
      null,
      () => sumToShape(where(condition!, ct, toDType(0, ct.dtype)), a!.shape),
      () => sumToShape(where(condition!, toDType(0, ct.dtype), ct), b!.shape),
    ]
  },
  reference(out, inputs) {
    const [condition, a, b] = inputs
    forEachBroadcast(out.shape, inputs, (i, [ic, ia, ib]) => {
      out.data[i] = condition!.data[ic!] !== 0 ? a!.data[ia!]! : b!.data[ib!]!
    })
  },
  gpu: {
    element(w, inputs, _params, { dtype }, index) {
      const [condition, a, b] = inputs.map((x) => x.at(w.broadcast(index, x.shape)))
      return dtype === 'bool'
        ? `((${condition} && ${a}) || (!${condition} && ${b}))`
        : `(${condition} ? ${a} : ${b})`
    },
  },
  native: (builder, inputs, _params, { dtype }) =>
    (dtype === 'bool' ? chooseFlags : chooseNumbers)(builder, inputs as Operands),
}

type Operands = readonly [condition: NativeValue, a: NativeValue, b: NativeValue]

/** ONNX Runtime selects no booleans; where one side is true or false, and that is all that is asked, one op is enough. */
function chooseFlags(builder: OnnxBuilder, [condition, a, b]: Operands): ValueName {
  const not = () => builder.op('Not', [condition.name])
  if (b.literal === 0) return builder.op('And', [condition.name, a.name])
  if (a.literal === 1) return builder.op('Or', [condition.name, b.name])
  if (a.literal === 0) return builder.op('And', [not(), b.name])
  if (b.literal === 1) return builder.op('Or', [not(), a.name])
  const otherwise = builder.op('And', [not(), b.name])
  return builder.op('Or', [builder.op('And', [condition.name, a.name]), otherwise])
}

/** Of a positive number and 0, the condition as a number: ONNX Runtime's Where takes four times as long as a cast. */
function chooseNumbers(builder: OnnxBuilder, [condition, a, b]: Operands): ValueName {
  if (Object.is(b.literal, 0) && isPositive(a.literal)) return scaled(builder, condition.name, a)
  if (Object.is(a.literal, 0) && isPositive(b.literal)) {
    return scaled(builder, builder.op('Not', [condition.name]), b)
  }
  return builder.op('Where', [condition.name, a.name, b.name])
}

const isPositive = (literal: number | undefined): boolean =>
  literal !== undefined && literal > 0 && literal < Number.POSITIVE_INFINITY

function scaled(
  builder: OnnxBuilder,
  condition: ValueName,
  { literal, name, dtype }: NativeValue,
): ValueName {
  const flags = builder.cast(condition, dtype)
  return literal === 1 ? flags : builder.op('Mul', [flags, name])
}

/** a where the condition holds, b elsewhere; all three broadcast. No gradient passes the side not taken. */
export function where(condition: TensorLike, a: TensorLike, b: TensorLike): Tensor {
  const dtype = commonDtype(a, b)
  return bind(
    wherePrimitive,
    [toDType(asTensor(condition), 'bool'), toDType(a, dtype), toDType(b, dtype)],
    {},
  )
}
