import { type DType, isFloat } from '../core/dtype'
import { opError } from '../core/errors'
import { requireOptions } from '../core/require-options'
import type { Shape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { abs } from '../primitives/abs'
import { argSort } from '../primitives/arg-sort'
import { broadcastTo } from '../primitives/broadcast-to'
import { cast } from '../primitives/cast'
import { equal } from '../primitives/equal'
import { takeAlongAxis } from '../primitives/gather-elements'
import { iota } from '../primitives/iota'
import { less } from '../primitives/less'
import { maximum } from '../primitives/maximum'
import { minimum } from '../primitives/minimum'
import { expandDims } from '../primitives/reshape'
import { stopGradient } from '../primitives/stop-gradient'
import { where } from '../primitives/where'

/**
 * x held within [low, high]. The gradient passes strictly between the bounds only, as in PyTorch's clamp by two
 * numbers. NaN stays NaN.
 */
export function clip(x: TensorLike, low: TensorLike, high: TensorLike): Tensor {
  const value = asTensor(x)
  const inside = logicalAnd(less(low, value), less(value, high))
  // One choice, not one for each bound: ONNX Runtime takes four times as long for it as for a minimum.
  return where(inside, value, minimum(maximum(stopGradient(value), low), high))
}

/** x sorted along an axis, stably; NaN counts as larger than every number. */
export function sort(x: TensorLike, axis = -1, options: { descending?: boolean } = {}): Tensor {
  requireOptions('sort', options, { descending: true })
  const value = asTensor(x)
  return takeAlongAxis(value, argSort(value, axis, options), axis)
}

/** 1 at the index along a new last axis of size `classes`, 0 elsewhere (everywhere for an index outside). */
export function oneHot(indices: TensorLike, classes: number, dtype: DType = 'f32'): Tensor {
  if (!Number.isInteger(classes) || classes < 0) {
    throw opError(
      'INVALID_ARGUMENT',
      'oneHot',
      `classes: expected a whole number of at least 0, got ${classes}`,
    )
  }
  return cast(equal(expandDims(asTensor(indices, 'i32'), -1), iota(classes)), dtype)
}

/** A tensor of this shape filled with one number. */
export const full = (shape: Shape, value: number | boolean, dtype: DType = 'f32'): Tensor =>
  broadcastTo(cast(asTensor(value), dtype), shape)

/** Zeros of this shape. */
export const zeros = (shape: Shape, dtype: DType = 'f32'): Tensor => full(shape, 0, dtype)

/** Ones of this shape. */
export const ones = (shape: Shape, dtype: DType = 'f32'): Tensor => full(shape, 1, dtype)

/** Zeros like x. */
export const zerosLike = (x: Tensor): Tensor => zeros(x.shape, x.dtype)

/** True where neither infinite nor NaN. */
export function isFinite(x: TensorLike): Tensor {
  const value = asTensor(x)
  if (!isFloat(value.dtype)) return full(value.shape, true, 'bool')
  return less(abs(value), Number.POSITIVE_INFINITY)
}

/** Not: true where x is false (0). */
export const logicalNot = (x: TensorLike): Tensor => where(cast(x, 'bool'), false, true)

/** And, elementwise, broadcasting. */
export const logicalAnd = (a: TensorLike, b: TensorLike): Tensor =>
  where(cast(a, 'bool'), cast(b, 'bool'), false)

/** Or, elementwise, broadcasting. */
export const logicalOr = (a: TensorLike, b: TensorLike): Tensor =>
  where(cast(a, 'bool'), true, cast(b, 'bool'))
