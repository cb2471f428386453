import { arithmetic, toDType } from '../core/elementwise'
import { bind, type Concrete, type Primitive } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { normalizeAxes, type Shape, stridesOf } from '../core/shape'
import { asTensor, type Tensor, type TensorLike } from '../core/tensor'
import type { OptionNames } from '../core/wrong-options'
import { exactOrNaN, type GpuOperand, type Index, type KernelWriter, loops } from '../gpu/form'
import { broadcastTo } from './broadcast-to'
import { reshape } from './reshape'

/** Which axes to reduce, and whether to keep them with size 1. */
export interface ReduceOptions {
  /** One axis or several, negative ones counted from the back. Default: all. */
  axis?: number | readonly number[]
  /** Default: false. */
  keepDims?: boolean
}

/** The names of {@link ReduceOptions}. */
export const reduceOptions: OptionNames<ReduceOptions> = { axis: true, keepDims: true }

/** A reduction always keeps its axes; dropping them is a reshape. */
export type ReduceParams = { readonly axes: readonly number[] }

/** The operand's shape with the reduced axes at size 1. */
export const reducedShape = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))

/** Applies a reduction to the axes that the options name. */
export function applyReduction(
  primitive: Primitive<ReduceParams>,
  x: Tensor,
  options: ReduceOptions,
): Tensor {
  requireOptions(primitive.name, options, reduceOptions)
  const axes = normalizeAxes(primitive.name, options.axis, x.rank)
  const kept = axes.length === 0 ? x : bind(primitive, [x], { axes })
  return options.keepDims
    ? kept
    : reshape(
        kept,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      )
}

/** Visits every element of x with the index of the reduced element it belongs to. */
export function forEachReduced(
  out: Concrete,
  x: Concrete,
  visit: (index: number, from: number) => void,
): void {
  const strides = stridesOf(x.shape)
  const steps = stridesOf(out.shape).map((step, axis) => (out.shape[axis] === 1 ? 0 : step))
  for (let i = 0; i < x.data.length; i++) {
    let rest = i
    let at = 0
    for (let axis = 0; axis < strides.length; axis++) {
      at += Math.floor(rest / strides[axis]!) * steps[axis]!
      rest %= strides[axis]!
    }
    visit(at, i)
  }
}

/** Writes loops over every element of x that the reduced element at `index` stands for. */
export function forEachReducedCode(
  w: KernelWriter,
  x: GpuOperand,
  axes: readonly number[],
  index: Index,
  visit: (value: string) => void,
): void {
  const sizes = axes.map((axis) => x.shape[axis]!)
  loops(w, sizes, (inner) => {
    const at = index
      .axes()
      .map((position, axis) => (axes.includes(axis) ? inner[axes.indexOf(axis)]! : position))
    visit(x.at(w.index(x.shape, at)))
  })
}

export const reduceSumPrimitive: Primitive<ReduceParams> = {
  name: 'reduceSum',
  infer: ([x], { axes }) => ({ shape: reducedShape(x!.shape, axes), dtype: x!.dtype }),
  vjp: (ct, { inputs: [x] }) => [() => broadcastTo(ct, x!.shape)],
  reference(out, [x]) {
    const totals = new Float64Array(out.data.length)
    forEachReduced(out, x!, (index, from) => {
      totals[index]! += x!.data[from]!
    })
    out.data.set(totals)
  },
  gpu: {
    reads: 'folded',
    cost: 'dear',
    element(w, [x], { axes }, { dtype }, index) {
      const total = w.variable('0.0')
      const sum = (code: string) => (dtype === 'i32' ? exactOrNaN(w, code) : code)
      forEachReducedCode(w, x!, axes, index, (value) => w.assign(total, sum(`${total} + ${value}`)))
      return total
    },
  },
  native: (builder, [x], { axes }) => builder.op('ReduceSum', [x!.name, builder.ints(axes)], { keepdims: 1 }),
}

/** Sum over axes; booleans are counted. An empty sum is 0. */
export function reduceSum(x: TensorLike, options: ReduceOptions = {}): Tensor {
  const value = asTensor(x)
  return applyReduction(reduceSumPrimitive, toDType(value, arithmetic(value.dtype)), options)
}
