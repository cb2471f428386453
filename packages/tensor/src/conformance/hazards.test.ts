import { describe, expect, it } from 'vitest'
import { TensorError } from '../core/errors'
import { Tensor } from '../core/tensor'
import { argMax } from '../primitives/arg-max'
import { argSort } from '../primitives/arg-sort'
import { cast } from '../primitives/cast'
import { take } from '../primitives/gather'
import { takeAlongAxis } from '../primitives/gather-elements'
import { reduceMax } from '../primitives/reduce-max'
import { reduceSum } from '../primitives/reduce-sum'
import { scatterAdd } from '../primitives/scatter-add'
import { slice } from '../primitives/slice'
import { grad } from '../transforms/grad'
import { jit } from '../transforms/jit'
import { conformanceBackends } from './backends'

const ints = (...values: number[]) => Tensor.fromData(Int32Array.from(values), [values.length])

describe.each(conformanceBackends.map((b) => [b.name, b] as const))('%s', (_name, { load }) => {
  const x = Tensor.fromData(
    Float32Array.from({ length: 12 }, (_, i) => i),
    [4, 3],
  )

  it.each([
    ['take, above', (i: Tensor) => take(x, i), ints(0, 4)],
    ['take, below', (i: Tensor) => take(x, i), ints(-5)],
    ['takeAlongAxis', (i: Tensor) => takeAlongAxis(x, i, 0), Tensor.fromData(Int32Array.of(0, 4, 0), [1, 3])],
    ['scatterAdd', (i: Tensor) => scatterAdd(i, x, 3), ints(0, 1, 2, 3)],
    ['scatterAdd, below', (i: Tensor) => scatterAdd(i, x, 3), ints(0, 1, 2, -4)],
    ['the gradient of takeAlongAxis', gradientOfTake, Tensor.fromData(Int32Array.of(0, 1, -9), [1, 3])],
  ] as const)('refuses an index out of range: %s', async (_case, op, indices) => {
    const run = jit(op, { backend: await load() })
    await expect(run(indices)).rejects.toSatisfy(
      (error) => TensorError.isInstance(error) && error.code === 'INDEX_OUT_OF_RANGE',
    )
    await run.release()
  })

  function gradientOfTake(i: Tensor): Tensor {
    return grad((t: Tensor) => reduceSum(takeAlongAxis(t, i, 0)))(x)
  }

  it.each([
    ['a slice past the end', (t: Tensor) => slice(t, 0, 0, 3), 2],
    ['a maximum over nothing', (t: Tensor) => reduceMax(t), 0],
    ['an argMax over nothing', (t: Tensor) => argMax(t, 0), 0],
  ] as const)('refuses a batch size at which a shape rule fails: %s', async (_case, op, size) => {
    const run = jit(op, { backend: await load(), symbolicDims: [['B']] })
    await run(x)
    await expect(run(Tensor.fromData(new Float32Array(size * 3), [size, 3]))).rejects.toThrow(TensorError)
    await run(x)
    await run.release()
  })

  it.each(['f32', 'i32'] as const)('sorts thousands of %s with many ties stably', async (dtype) => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => (i * 7919) % 10)
    const many = cast(Tensor.fromData(values, [5000]), dtype)
    const both = (v: Tensor) => [argSort(v), argSort(v, 0, { descending: true })]
    const run = jit(both, { backend: await load() })
    expect((await run(many)).map((order) => order.data)).toEqual(both(many).map((order) => order.data))
    await run.release()
  })

  it('adds many updates to one row without losing any', async () => {
    const rows = 20_000
    const width = 16
    const updates = Tensor.fromData(new Float32Array(rows * width).fill(1), [rows, width])
    const run = jit((i: Tensor, u: Tensor) => scatterAdd(i, u, 2), { backend: await load() })
    for (let attempt = 0; attempt < 5; attempt++) {
      const sums = await run(Tensor.fromData(new Int32Array(rows), [rows]), updates)
      expect(new Set(sums.data.subarray(0, width))).toEqual(new Set([rows]))
      expect(new Set(sums.data.subarray(width))).toEqual(new Set([0]))
    }
    await run.release()
  })
})
