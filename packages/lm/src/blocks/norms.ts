import { add, mul, layerNorm as normalise, rmsNorm as rootMeanSquare, type Tensor } from '@prefkit/tensor'
import type { Weights } from '../models/weights'

/** x [..., n] over its root mean square, times the weight of `module` (1910.07467). */
export const rmsNorm = (weights: Weights, module: string, x: Tensor, epsilon: number): Tensor =>
  mul(rootMeanSquare(x, { epsilon }), weights[`${module}.weight`]!)

/** x [..., n] centred and over its deviation, times the weight plus the bias of `module` (1607.06450). */
export const layerNorm = (weights: Weights, module: string, x: Tensor, epsilon: number): Tensor =>
  add(mul(normalise(x, { epsilon }), weights[`${module}.weight`]!), weights[`${module}.bias`]!)
