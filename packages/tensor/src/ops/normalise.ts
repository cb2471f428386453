import { toFloat } from '../core/elementwise'
import { requireOptions } from '../core/require-options'
import type { Tensor, TensorLike } from '../core/tensor'
import type { OptionNames } from '../core/wrong-options'
import { add } from '../primitives/add'
import { div } from '../primitives/div'
import { mul } from '../primitives/mul'
import { sqrt } from '../primitives/sqrt'
import { sub } from '../primitives/sub'
import { mean } from './reduce'

/** Options of {@link layerNorm} and {@link rmsNorm}. */
export interface NormOptions {
  /** Axis to normalise over. Default: −1. */
  axis?: number
  /** Added to the variance, or the mean square. Default: 1e-5 for layerNorm, 1e-6 for rmsNorm. */
  epsilon?: number
}

const normOptions: OptionNames<NormOptions> = { axis: true, epsilon: true }

/** (x − mean) / √(variance + ε) along an axis (Ba et al. 2016), without scale and shift. */
export function layerNorm(x: TensorLike, options: NormOptions = {}): Tensor {
  requireOptions('layerNorm', options, normOptions)
  const { axis = -1, epsilon = 1e-5 } = options
  const value = toFloat(x)
  const centred = sub(value, mean(value, { axis, keepDims: true }))
  const spread = mean(mul(centred, centred), { axis, keepDims: true })
  return div(centred, sqrt(add(spread, epsilon)))
}

/** x / √(mean(x²) + ε) along an axis (Zhang & Sennrich 2019), without scale. */
export function rmsNorm(x: TensorLike, options: NormOptions = {}): Tensor {
  requireOptions('rmsNorm', options, normOptions)
  const { axis = -1, epsilon = 1e-6 } = options
  const value = toFloat(x)
  return div(value, sqrt(add(mean(mul(value, value), { axis, keepDims: true }), epsilon)))
}
