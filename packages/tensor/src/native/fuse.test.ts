import { describe, expect, it } from 'vitest'
import { type Aval, traceGraph } from '../core/graph'
import { Tensor, tensor } from '../core/tensor'
import { gelu, silu, softmax } from '../ops/activations'
import { layerNorm, rmsNorm } from '../ops/normalise'
import { mean } from '../ops/reduce'
import { add } from '../primitives/add'
import { div } from '../primitives/div'
import { exp } from '../primitives/exp'
import { mul } from '../primitives/mul'
import { reduceMax } from '../primitives/reduce-max'
import { reduceSum } from '../primitives/reduce-sum'
import { sqrt } from '../primitives/sqrt'
import { sub } from '../primitives/sub'
import { grad } from '../transforms/grad'
import { jit } from '../transforms/jit'
import { simplify } from '../transforms/simplify'
import { fuse } from './fuse'

type Op = (x: Tensor) => Tensor | readonly Tensor[]

/** Ops of the graph, and how many of them are written. */
function opsOf(op: Op, aval: Aval = { shape: [3, 5], dtype: 'f32' }): [all: number, written: number] {
  const traced = traceGraph([aval], ([x]) => [op(x!)].flat())
  const graph = simplify(traced)
  const fused = fuse(graph)
  const ops = graph.nodes.filter((node) => node.kind === 'op')
  return [ops.length, ops.filter((node) => fused.get(node) !== null).length]
}

const weight = tensor([1, -2, 0.5, 3, 0])
const bias = tensor([0.5, 0, -1, 2, 1])
const weights = tensor([
  [0.5, -1, 2, 0, 1],
  [1, 1, -3, 0.25, 0],
  [2, 0, 0, -0.5, 1],
])
/** A gradient alone: of what the op is composed of for its value, what the gradient does not use is gone. */
const gradientOf = (op: (x: Tensor) => Tensor) => grad((x: Tensor) => reduceSum(mul(op(x), weights)))

const rows: readonly (readonly [name: string, op: (x: Tensor) => Tensor, ops: number, written: number])[] = [
  ['softmax', (x) => softmax(x), 5, 1],
  ['softmax along another axis', (x) => softmax(x, 0), 5, 1],
  ['the gradient of softmax', gradientOf(softmax), 12, 4],
  ['rmsNorm', (x) => rmsNorm(x), 6, 1],
  ['rmsNorm with a weight', (x) => mul(weight, rmsNorm(x, { epsilon: 0.5 })), 7, 1],
  ['layerNorm', (x) => layerNorm(x), 9, 1],
  ['layerNorm with a weight', (x) => mul(layerNorm(x), weight), 10, 1],
  ['layerNorm with a weight and a bias', (x) => add(bias, mul(layerNorm(x), weight)), 11, 1],
  ['silu', silu, 2, 1],
  ['gelu by tanh', (x) => gelu(x, { approximate: 'tanh' }), 9, 1],
]

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const inputs = [
  [
    [1, 2, -0.5, 0, 3],
    [-20, -30, 100, 1000, -1000],
    [1e-3, -1e-5, 0, 7, 1e4],
  ],
  [
    [nan, 2, -0.5, 0, 3],
    [1, 2, -0.5, 0, nan],
    [0, 0, 0, 0, 0],
  ],
  [
    [-infinity, -infinity, -infinity, -infinity, -infinity],
    [-infinity, 1, 2, 3, 4],
    [infinity, 1, 2, 3, 4],
  ],
]

describe('fuse', () => {
  it.each(rows)('finds %s, and its op gives the same', async (_name, op, ops, written) => {
    expect(opsOf(op)).toEqual([ops, written])
    const compiled = jit(op, { backend: 'native' })
    for (const values of inputs) {
      const x = tensor(values)
      const [got, want] = [await compiled(x), op(x)]
      got.data.forEach((value, i) => {
        const expected = want.data[i]!
        // A few roundings of f32 (6e-8 each) in another order, around numbers up to 3.
        if (Number.isFinite(expected)) {
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)))
        } else expect(value).toBe(expected)
      })
    }
    await compiled.release()
  })

  it('runs on no rows at all', async () => {
    for (const [, op] of rows.filter(([name]) => !name.includes('gradient') && !name.includes('another'))) {
      const compiled = jit(op, { backend: 'native', symbolicDims: [['B']] })
      expect((await compiled(Tensor.fromData(new Float32Array(0), [0, 5]))).shape).toEqual([0, 5])
      await compiled.release()
    }
  })

  const shifted: Op = (x) => exp(sub(x, reduceMax(x, { axis: -1, keepDims: true })))
  const overSum = (x: Tensor, axis: number | number[]) => div(x, reduceSum(x, { axis, keepDims: true }))
  const none: readonly (readonly [name: string, op: Op])[] = [
    ['exponentials that are given out too', (x) => [shifted(x), softmax(x)].flat()],
    ['another axis summed than shifted', (x) => overSum(shifted(x) as Tensor, 0)],
    ['several axes', (x) => overSum(exp(sub(x, reduceMax(x))), [0, 1])],
    ['squares of another tensor', (x) => div(x, sqrt(add(mean(mul(weight, weight), { axis: -1 }), 0.5)))],
    ['a norm along another axis', (x) => rmsNorm(x, { axis: 0 })],
    [
      'a sum of squares over another count',
      (x) => div(x, sqrt(add(div(reduceSum(mul(x, x), { axis: -1, keepDims: true }), 3), 0.5))),
    ],
    ['a sigmoid that a gradient needs', (x) => [silu(x), grad((y: Tensor) => reduceSum(silu(y)))(x)]],
  ]
  it.each(none)('leaves %s', (_name, op) => {
    const [all, written] = opsOf(op)
    expect(written).toBe(all)
  })

  it('scales by a weight apart that is not one number for each of the last axis', () => {
    expect(opsOf((x) => mul(rmsNorm(x), tensor([[1], [2], [3]])))).toEqual([7, 2])
  })
})
