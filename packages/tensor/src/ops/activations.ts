import { toFloat } from '../core/elementwise'
import { requireOptions } from '../core/require-options'
import type { Tensor, TensorLike } from '../core/tensor'
import { abs } from '../primitives/abs'
import { add } from '../primitives/add'
import { div } from '../primitives/div'
import { erf } from '../primitives/erf'
import { exp } from '../primitives/exp'
import { less } from '../primitives/less'
import { log } from '../primitives/log'
import { mul } from '../primitives/mul'
import { neg } from '../primitives/neg'
import { reduceMax } from '../primitives/reduce-max'
import { reduceSum } from '../primitives/reduce-sum'
import { sigmoid } from '../primitives/sigmoid'
import { softplus } from '../primitives/softplus'
import { stopGradient } from '../primitives/stop-gradient'
import { sub } from '../primitives/sub'
import { tanh } from '../primitives/tanh'
import { where } from '../primitives/where'

/** log σ(x) = −log(1 + e^(−x)), elementwise, exact far from 0. */
export const logSigmoid = (x: TensorLike): Tensor => neg(softplus(neg(toFloat(x))))

/**
 * e^x / Σ e^x along an axis (default: the last), without overflow. 0 where x is −Infinity, but NaN all along an axis
 * that holds nothing else, as in PyTorch.
 */
export function softmax(x: TensorLike, axis = -1): Tensor {
  const weights = exp(fromMax(toFloat(x), axis))
  return div(weights, reduceSum(weights, { axis, keepDims: true }))
}

/**
 * log softmax(x) along an axis (default: the last), without overflow. −Infinity where x is, but NaN all along an
 * axis that holds nothing else, or +Infinity, as in PyTorch.
 */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  const shifted = fromMax(toFloat(x), axis)
  return sub(shifted, log(reduceSum(exp(shifted), { axis, keepDims: true })))
}

/** x minus its largest along the axis, which is held constant: what it adds to the gradient cancels. */
const fromMax = (x: Tensor, axis: number): Tensor =>
  sub(x, stopGradient(reduceMax(x, { axis, keepDims: true })))

/** x·σ(x), elementwise (also called swish). */
export function silu(x: TensorLike): Tensor {
  const value = toFloat(x)
  return mul(value, sigmoid(value))
}

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** `none`: x·Φ(x) (default). `tanh`: GPT-2's ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
  approximate?: 'none' | 'tanh'
}

/** Gaussian error linear unit, elementwise (Hendrycks & Gimpel 2016). */
export function gelu(x: TensorLike, options: GeluOptions = {}): Tensor {
  requireOptions('gelu', options, { approximate: true })
  const value = toFloat(x)
  const half = mul(0.5, value)
  if (options.approximate === 'tanh') {
    const cubic = add(value, mul(0.044715, mul(value, mul(value, value))))
    return mul(half, add(1, tanh(mul(Math.sqrt(2 / Math.PI), cubic))))
  }
  return mul(half, add(1, erf(mul(Math.SQRT1_2, value))))
}

/** e^x − 1, elementwise, accurate near 0. */
export function expm1(x: TensorLike): Tensor {
  const value = toFloat(x)
  // Near 0, e^x − 1 cancels and 2t/(1 − t) with t = tanh(x/2) does not; far from 0 it is the other way round.
  const near = less(abs(value), 1)
  const half = tanh(mul(0.5, where(near, value, 0)))
  return where(near, div(mul(2, half), sub(1, half)), sub(exp(value), 1))
}
