import { mul, rmsNorm as normalize, ones, type Tensor } from '@prefkit/tensor'
import type { Layer } from './layer'
import { type NormLayerOptions, requireNormOptions } from './layer-norm'

/** Weights of a root-mean-square normalisation: `[dimensions]`. */
export type RmsNormParams = { scale: Tensor }

/**
 * x / √(mean(x²) + ε) · scale over the last axis (Zhang & Sennrich 2019). Scale starts at 1.
 * @throws NnError `INVALID_OPTION` for a width or an epsilon out of range.
 */
export function rmsNorm(options: NormLayerOptions): Layer<RmsNormParams> {
  requireNormOptions('rmsNorm', options)
  const { dimensions, epsilon = 1e-6 } = options
  return {
    init: () => ({ scale: ones([dimensions]) }),
    apply: ({ scale }, x) => mul(normalize(x, { epsilon }), scale),
  }
}
