import { bind, type Primitive } from '../core/primitive'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'

export const stopGradientPrimitive: Primitive<Record<string, never>> = {
  name: 'stopGradient',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  vjp: () => [null],
  reference: (out, [x]) => out.data.set(x!.data),
  gpu: { cost: 'nothing', inPlace: true, element: (_writer, [x], _params, _result, index) => x!.at(index) },
  native: (_builder, [x]) => x!.name,
}

/** x itself, held constant by differentiation. */
export const stopGradient = (x: TensorLike): Tensor => bind(stopGradientPrimitive, [asTensor(x)], {})
