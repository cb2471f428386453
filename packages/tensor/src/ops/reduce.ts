import { toFloat } from '../core/elementwise'
import { requireOptions } from '../core/require-options'
import { normalizeAxes, sizeOf } from '../core/shape'
import type { Tensor, TensorLike } from '../core/tensor'
import { abs } from '../primitives/abs'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { dimSize } from '../primitives/dim-size'
import { div } from '../primitives/div'
import { exp } from '../primitives/exp'
import { less } from '../primitives/less'
import { log } from '../primitives/log'
import { mul } from '../primitives/mul'
import { reduceMax } from '../primitives/reduce-max'
import { type ReduceOptions, reduceOptions, reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { stopGradient } from '../primitives/stop-gradient'
import { sub } from '../primitives/sub'
import { where } from '../primitives/where'

/** Mean over axes, in real numbers; NaN over none. */
export function mean(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const value = toFloat(x)
  requireOptions('mean', options, reduceOptions)
  const axes = normalizeAxes('mean', options.axis, value.rank)
  const count = sizeOf(axes.map((axis) => value.shape[axis]!))
  return div(reduceSum(value, options), dimSize(count, value.dtype))
}

/** Options of {@link variance}. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the count in the denominator: 0 (population, default) or 1 (Bessel's correction). */
  correction?: number
}

/** Mean squared distance from the mean over axes. */
export function variance(x: TensorLike, options: VarianceOptions = {}): Tensor {
  requireOptions('variance', options, { ...reduceOptions, correction: true })
  const { correction = 0, ...reduction } = options
  const value = toFloat(x)
  const axes = normalizeAxes('variance', reduction.axis, value.rank)
  const count = dimSize(sizeOf(axes.map((axis) => value.shape[axis]!)), value.dtype)
  const centred = sub(value, mean(value, { axis: axes, keepDims: true }))
  return div(reduceSum(mul(centred, centred), reduction), sub(count, correction))
}

/** log Σ e^x over axes, without overflow; −Infinity where every element is. */
export function logSumExp(x: TensorLike, options: ReduceOptions = {}): Tensor {
  requireOptions('logSumExp', options, reduceOptions)
  const value = toFloat(x)
  const max = stopGradient(reduceMax(value, { ...options, keepDims: true }))
  const shift = where(less(abs(max), Number.POSITIVE_INFINITY), max, 0)
  const total = log(reduceSum(exp(sub(value, shift)), options))
  return add(total, reshape(shift, total.shape))
}

/** True where any element over the axes is (not 0); false over none. */
export function any(x: TensorLike, options: ReduceOptions = {}): Tensor {
  requireOptions('any', options, reduceOptions)
  return less(0, reduceSum(cast(x, 'bool'), options))
}
