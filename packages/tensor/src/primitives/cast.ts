import { conversionTo, type DType, isFloat } from '../core/dtype'
import { bind, type Primitive } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import type { KernelWriter } from '../gpu/form'
import type { OnnxBuilder, ValueName } from '../native/builder'

export const castPrimitive: Primitive<{ dtype: DType }> = {
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
  vjp: (ct, { inputs: [x], params }) => [
    isFloat(x!.dtype) && isFloat(params.dtype) ? () => cast(ct, x!.dtype) : null,
  ],
  reference(out, [x], { dtype }) {
    const convert = conversionTo[dtype]
    for (let i = 0; i < out.data.length; i++) out.data[i] = convert(x!.data[i]!)
  },
  native(builder, [x], { dtype }) {
    return isFloat(x!.dtype) && dtype === 'i32'
      ? truncated(builder, x!.name, x!.dtype)
      : builder.cast(x!.name, dtype)
  },
  gpu: {
    element(w, [x], { dtype }, _result, index) {
      const value = x!.at(index)
      const number = x!.dtype === 'bool' ? `(${value} ? 1.0 : 0.0)` : value
      if (dtype === 'bool')
        return x!.dtype === 'bool' ? value : `(${w.local(`(${value} === 0.0 ? 0.0 : 1.0)`)} > 0.5)`
      return isFloat(x!.dtype) && dtype === 'i32' ? truncatedCode(w, value) : number
    },
  },
}

/** What lies outside i32, NaN included, is undefined in ONNX's Cast, so it is cast as 0 and put right after. */
function truncated(b: OnnxBuilder, x: ValueName, dtype: DType): ValueName {
  const limit = b.scalar(2 ** 31, dtype)
  const inside = b.op('Less', [b.op('Abs', [x]), limit])
  const within = b.cast(b.op('Where', [inside, x, b.scalar(0, dtype)]), 'i32')
  const above = b.op('GreaterOrEqual', [x, limit])
  const below = b.op('LessOrEqual', [x, b.scalar(-(2 ** 31), dtype)])
  const capped = b.op('Where', [above, b.scalar(2 ** 31 - 1, 'i32'), within])
  return b.op('Where', [below, b.scalar(-(2 ** 31), 'i32'), capped])
}

/** Cut off towards 0, held within 32 bits (2³¹ itself is read as 2³¹ − 1), 0 for NaN. */
function truncatedCode(w: KernelWriter, x: string): string {
  const [low, high] = [w.literal(-(2 ** 31)), w.literal(2 ** 31)]
  const below = `(${x} < ${low} ? ${low} : Math.ceil(${x}))`
  const above = `(${x} > ${high} ? ${high} : Math.floor(${x}))`
  return `(${x} <= 0.0 ? ${below} : (${x} > 0.0 ? ${above} : 0.0))`
}

/**
 * x in another element type. To `i32` it is cut off towards 0, held within the range of 32 bits, and 0 for NaN; to
 * `bool` it is x ≠ 0, so NaN is true.
 */
export function cast(x: TensorLike, dtype: DType): Tensor {
  const value = asTensor(x)
  return value.dtype === dtype ? value : bind(castPrimitive, [value], { dtype })
}
