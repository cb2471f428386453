import type { DType } from '../core/dtype'
import { type ElementCode, exactOrNaN, type Int, type KernelWriter, maximumCode } from './form'
import type { GpuNode } from './graph'

/** What a thread adds up by itself; beyond, several share the work and one adds up theirs. */
const longest = 1024

type Fold = (writer: KernelWriter, total: string, value: string, dtype: DType) => string

const folds: Readonly<Record<string, { readonly start: number; readonly fold: Fold }>> = {
  reduceSum: {
    start: 0,
    fold: (w, total, value, dtype) =>
      dtype === 'i32' ? exactOrNaN(w, `${total} + ${value}`) : `${total} + ${value}`,
  },
  reduceMax: { start: Number.NEGATIVE_INFINITY, fold: (_w, total, value) => maximumCode(total, value) },
}

/**
 * A reduction as the steps it is done in, the last of which gives its result. One over several axes of many elements goes
 * axis by axis, and a long axis in steps: strided shares of it (√n, or more where each would be long itself), then those. Then many threads work on it, and the
 * rounding errors of a sum grow with √n rather than with n.
 */
export function splitReduction(node: GpuNode): GpuNode[] {
  const rule = folds[node.name]
  if (!rule || node.dtype === 'bool') return [node]
  const x = node.inputs[0]!
  const axes = node.params.axes as readonly number[]
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
  if (count <= longest) return [node]
  const steps: GpuNode[] = []
  const last = () => steps.at(-1) ?? x
  for (const axis of axes.toReversed()) {
    while (last().shape[axis]! > longest) steps.push(sharesOf(last(), node, axis, rule))
    if (last().shape[axis] !== 1) steps.push(reduced(last(), node, axis))
  }
  return steps
}

const reduced = (x: GpuNode, like: GpuNode, axis: number): GpuNode => ({
  ...like,
  shape: x.shape.map((size, i) => (i === axis ? 1 : size)),
  inputs: [x],
  params: { axes: [axis] },
})

/** The fold of every so many elements along the axis, which is as long in the result as there are shares. */
function sharesOf(x: GpuNode, like: GpuNode, axis: number, { start, fold }: (typeof folds)[string]): GpuNode {
  const size = x.shape[axis]!
  const shares = Math.ceil(Math.max(Math.sqrt(size), size / longest))
  const element: ElementCode<unknown> = (w, [operand], _params, _result, index) => {
    const total = w.variable(w.literal(start))
    const own = index.axes()[axis]!
    w.loop(Math.ceil(size / shares), (k) => {
      const place: Int = w.int(`${own} + ${shares} * ${k}`)
      const held = w.hold(place, size)
      const at = operand!.at(
        w.index(
          x.shape,
          index.axes().map((position, i) => (i === axis ? held : position)),
        ),
      )
      w.when(`${place} < ${size}`, () => w.assign(total, fold(w, total, at, like.dtype)))
    })
    return total
  }
  const shape = x.shape.map((n, i) => (i === axis ? shares : n))
  return {
    ...like,
    shape,
    inputs: [x],
    form: { element, reads: 'folded', cost: 'dear' },
    name: `${like.name}, shares`,
  }
}
