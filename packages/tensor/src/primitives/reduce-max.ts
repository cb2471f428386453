import { arithmetic, toDType } from '../core/elementwise'
import { opError } from '../core/errors'
import type { Primitive } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { formatShape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import { maximumCode } from '../gpu/form'
import { cast } from './cast'
import { div } from './div'
import { equal } from './equal'
import { mul } from './mul'
import { neg } from './neg'
import {
  applyReduction,
  forEachReduced,
  forEachReducedCode,
  type ReduceOptions,
  type ReduceParams,
  reducedShape,
  reduceOptions,
  reduceSum,
} from './reduce-sum'

export const reduceMaxPrimitive: Primitive<ReduceParams> = {
  name: 'reduceMax',
  infer([x], { axes }) {
    if (axes.some((axis) => x!.shape[axis] === 0)) {
      throw opError(
        'SHAPE_MISMATCH',
        'reduceMax',
        `no maximum over an empty axis of ${formatShape(x!.shape)}`,
      )
    }
    return { shape: reducedShape(x!.shape, axes), dtype: x!.dtype }
  },
  vjp(ct, { inputs: [x], output, params: { axes } }) {
    return [
      () => {
        const winners = cast(equal(x!, output), ct.dtype)
        return mul(winners, div(ct, reduceSum(winners, { axis: axes, keepDims: true })))
      },
    ]
  },
  reference(out, [x]) {
    out.data.fill(x!.dtype === 'i32' ? -(2 ** 31) : Number.NEGATIVE_INFINITY)
    forEachReduced(out, x!, (index, from) => {
      out.data[index] = Math.max(out.data[index]!, x!.data[from]!)
    })
  },
  gpu: {
    reads: 'folded',
    cost: 'dear',
    element(w, [x], { axes }, _result, index) {
      const top = w.variable(w.literal(Number.NEGATIVE_INFINITY))
      forEachReducedCode(w, x!, axes, index, (value) => w.assign(top, maximumCode(top, value)))
      return top
    },
  },
  native(builder, [x], { axes }) {
    const max = builder.op('ReduceMax', [x!.name, builder.ints(axes)], { keepdims: 1 })
    if (x!.dtype === 'i32') return max
    // ReduceMax skips NaN; a sum of squares is NaN where one is, and only there.
    const squares = builder.op('ReduceSumSquare', [x!.name, builder.ints(axes)], { keepdims: 1 })
    return builder.op('Where', [builder.op('IsNaN', [squares]), builder.scalar(Number.NaN, x!.dtype), max])
  },
}

/** Largest element over axes, NaN if any is; ties share the gradient. */
export function reduceMax(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const value = asTensor(x)
  return applyReduction(reduceMaxPrimitive, toDType(value, arithmetic(value.dtype)), options)
}

/** Smallest element over axes, NaN if any is; ties share the gradient. */
export function reduceMin(x: TensorLike, options: ReduceOptions = {}): Tensor {
  requireOptions('reduceMin', options, reduceOptions)
  return neg(reduceMax(neg(x), options))
}
