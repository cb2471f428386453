import { describe, expect, it } from 'vitest'
import { SymbolicDim } from '../core/dim'
import { type Aval, traceGraph } from '../core/graph'
import type { Tensor } from '../core/tensor'
import { logSoftmax, softmax } from '../ops/activations'
import { mean } from '../ops/reduce'
import { abs } from '../primitives/abs'
import { add } from '../primitives/add'
import { concat } from '../primitives/concat'
import { exp } from '../primitives/exp'
import { matmul } from '../primitives/matmul'
import { maximum } from '../primitives/maximum'
import { mul } from '../primitives/mul'
import { reduceSum } from '../primitives/reduce-sum'
import { relu } from '../primitives/relu'
import { reshape } from '../primitives/reshape'
import { sub } from '../primitives/sub'
import { transpose } from '../primitives/transpose'
import { valueAndGrad } from '../transforms/grad'
import { simplify } from '../transforms/simplify'
import { modes } from './modes'
import { type Plan, planGraph } from './plan'

const f32 = (...shape: Aval['shape']): Aval => ({ shape, dtype: 'f32' })

const plan = (
  avals: readonly Aval[],
  fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  bindings: ReadonlyMap<string, number> = new Map(),
): Plan =>
  planGraph(
    simplify(traceGraph(avals, (inputs) => [fn(...inputs)].flat() as Tensor[])),
    bindings,
    modes.webgpu.dialect,
  )

/** Name and shape of what each kernel computes. */
const kernelsOf = ({ kernels }: Plan) => kernels.map(({ node }) => `${node.name} [${node.shape}]`)

describe('planGraph', () => {
  it('computes an elementwise chain, broadcasts included, in one kernel', () => {
    const one = plan([f32(8, 4), f32(4)], (x, b) => abs(sub(mul(relu(add(x, b)), 2), b)))
    expect(kernelsOf(one)).toEqual(['abs [8,4]'])
    expect(one.memory.size).toBe(2)
  })

  it('computes what a chain feeds to a sum, and what follows it, with the sum', () => {
    const loss = plan([f32(8, 4), f32(8, 4)], (x, y) => mean(mul(sub(x, y), sub(x, y))))
    expect(kernelsOf(loss)).toHaveLength(1)
    const rows = plan([f32(8, 4)], (x) => exp(mul(reduceSum(exp(x), { axis: 1, keepDims: true }), 0.5)))
    expect(kernelsOf(rows)).toEqual(['exp [8,1]'])
  })

  it('moves elements without a kernel of its own', () => {
    const moved = plan([f32(8, 4), f32(3, 8)], (x, y) => mul(reshape(concat([transpose(x), y]), [56]), 3))
    expect(kernelsOf(moved)).toEqual(['mul [56]'])
  })

  it('computes once what several kernels would repeat, and again what is cheaper so', () => {
    const dear = plan([f32(8, 4)], (x) => [add(exp(x), 1), reduceSum(exp(x))])
    expect(kernelsOf(dear)).toEqual(['exp [8,4]', 'add [8,4]', 'reshape []'])
    const cheap = plan([f32(8, 4)], (x) => [add(abs(x), 1), reduceSum(abs(x))])
    expect(kernelsOf(cheap)).toEqual(['add [8,4]', 'reshape []'])
  })

  it('keeps the statistics of a row from being computed for each of its elements', () => {
    expect(kernelsOf(plan([f32(8, 64)], (x) => softmax(x))).length).toBeLessThanOrEqual(4)
    expect(kernelsOf(plan([f32(8, 64)], (x) => logSoftmax(x))).length).toBeLessThanOrEqual(3)
  })

  it('reads no more arrays in a kernel than a device binds', () => {
    const many = plan(
      Array.from({ length: 20 }, () => f32(4)),
      (...xs) => xs.reduce((a, b) => maximum(a, b)),
    )
    for (const { args } of many.kernels) {
      expect(args.filter((arg) => typeof arg !== 'string').length).toBeLessThanOrEqual(
        modes.webgpu.dialect.arrays,
      )
    }
    expect(many.kernels.length).toBe(4)
  })

  it('gives large products kernels of their own, and reads what was reshaped where it is', () => {
    const product = plan([f32(4, 8, 64), f32(64, 32)], (x, w) => relu(matmul(reshape(x, [32, 64]), w)))
    expect(kernelsOf(product)).toEqual(['matmul [32,32]', 'relu [32,32]'])
    const small = plan([f32(4, 8), f32(8, 2)], (x, w) => relu(matmul(x, w)))
    expect(kernelsOf(small)).toEqual(['relu [4,2]'])
  })

  it('adds up many elements in shares', () => {
    const sum = plan([f32(100_000)], (x) => reduceSum(x))
    expect(kernelsOf(sum)).toEqual(['reduceSum, shares [317]', 'reshape []'])
  })

  it('takes a whole training step in a few kernels', () => {
    const step = (w: Tensor, m: Tensor, x: Tensor, y: Tensor) => {
      const [loss, g] = valueAndGrad((p: Tensor) => mean(mul(sub(matmul(x, p), y), sub(matmul(x, p), y))))(w)
      const velocity = add(mul(m, 0.9), g)
      return [sub(w, mul(velocity, 0.1)), velocity, loss]
    }
    const names = kernelsOf(plan([f32(3, 1), f32(3, 1), f32(8, 3), f32(8, 1)], step))
    expect(names).toEqual(['matmul [8,1]', 'div []', 'mul [8,1]', 'add [3,1]', 'sub [3,1]'])
  })

  it('has the sizes of a call in its kernels', () => {
    const B = SymbolicDim.named('B')
    const sized = plan([f32(B, 4)], (x) => mean(x), new Map([['B', 6]]))
    expect(kernelsOf(sized)).toEqual(['div []'])
    expect(JSON.stringify(sized.kernels[0]!.work)).toContain('6')
  })
})
