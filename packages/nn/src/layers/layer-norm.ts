import { add, mul, layerNorm as normalize, ones, type Tensor, zeros } from '@prefkit/tensor'
import { requireNames, requireOption, requireWhole } from '../require-option'
import type { Layer } from './layer'

/** Options of {@link layerNorm} and {@link rmsNorm}. */
export interface NormLayerOptions {
  /** Width of the last axis, ≥ 1. */
  dimensions: number
  /** Added to the variance (default 1e-5) or the mean square (default 1e-6), > 0. */
  epsilon?: number
}

/** Weights of a layer normalisation: both `[dimensions]`. */
export type LayerNormParams = { scale: Tensor; shift: Tensor }

/** @throws NnError `INVALID_OPTION` for unknown options, and a width or an epsilon out of range. */
export function requireNormOptions(owner: string, options: NormLayerOptions): void {
  requireNames(owner, options, { dimensions: true, epsilon: true })
  const { dimensions, epsilon = 1 } = options
  requireWhole('dimensions', dimensions)
  requireOption('epsilon', epsilon, epsilon > 0, 'a number > 0')
}

/**
 * (x − mean) / √(variance + ε) · scale + shift over the last axis (Ba et al. 2016). Scale starts at 1, shift at 0.
 * @throws NnError `INVALID_OPTION` for a width or an epsilon out of range.
 */
export function layerNorm(options: NormLayerOptions): Layer<LayerNormParams> {
  requireNormOptions('layerNorm', options)
  const { dimensions, epsilon = 1e-5 } = options
  return {
    init: () => ({ scale: ones([dimensions]), shift: zeros([dimensions]) }),
    apply: ({ scale, shift }, x) => add(mul(normalize(x, { epsilon }), scale), shift),
  }
}
