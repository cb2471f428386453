import { forEachBroadcast, requireSameDType, sumToShape, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { broadcastShapes } from '../core/shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from '../core/tensor'

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
  native(builder, inputs, _params, { dtype }) {
    const [condition, a, b] = inputs.map((input) => input.name) as [string, string, string]
    if (dtype !== 'bool') return builder.op('Where', [condition, a, b])
    // ONNX Runtime selects no booleans.
    const otherwise = builder.op('And', [builder.op('Not', [condition]), b])
    return builder.op('Or', [builder.op('And', [condition, a]), otherwise])
  },
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
