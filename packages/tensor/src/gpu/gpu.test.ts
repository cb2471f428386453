import { GPU } from 'gpu.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { randomKey, randomUniform, splitKey } from '../ops/random'
import { add } from '../primitives/add'
import { argMax } from '../primitives/arg-max'
import { broadcastTo } from '../primitives/broadcast-to'
import { cast } from '../primitives/cast'
import { concat } from '../primitives/concat'
import { cumsum } from '../primitives/cumsum'
import { exp } from '../primitives/exp'
import { take } from '../primitives/gather'
import { mul } from '../primitives/mul'
import { randomBits } from '../primitives/random-bits'
import { reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { scatterAdd } from '../primitives/scatter-add'
import { slice } from '../primitives/slice'
import { jit } from '../transforms/jit'
import { createGpuBackend, type GpuBackend, type GpuInstance, type GpuKernel, type GpuRuntime } from './index'

let kernels = 0

/** gpu.js, with its kernels counted; its own declarations of `createKernel` are overloads that no class can extend. */
class Counting extends (GPU as unknown as GpuRuntime) {
  override createKernel(...args: Parameters<GpuInstance['createKernel']>): GpuKernel {
    kernels++
    return super.createKernel(...args)
  }
}

const ints = (...values: number[]) => tensor(Int32Array.from(values))

describe('createGpuBackend', () => {
  let backend: GpuBackend
  beforeAll(async () => {
    backend = await createGpuBackend({ mode: 'webasm', runtime: Counting as GpuRuntime })
  })
  afterAll(() => backend.release())

  it('says what it runs on', () => {
    expect(backend).toMatchObject({
      name: 'gpu-webasm',
      mode: 'webasm',
      description: 'gpu.js, webasm',
      device: undefined,
    })
  })

  it('refuses a mode that is not there, and one that does not exist', async () => {
    await expect(createGpuBackend({ mode: 'webgl2' })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: 'gpu: webgl2: there is no canvas here',
    })
    await expect(createGpuBackend({ mode: 'cuda' as 'cpu' })).rejects.toThrow(
      'createGpuBackend: mode: expected auto, webgpu, webgl2, webasm, cpu, got "cuda"',
    )
  })

  it('makes the kernels of each combination of sizes once', async () => {
    const f = jit((x: Tensor) => reduceSum(exp(x)), { backend, symbolicDims: [['B']] })
    const run = async (size: number) => {
      const before = kernels
      const sum = (await f(tensor(new Float32Array(size)))).item()
      expect(sum).toBe(size)
      return kernels - before
    }
    expect(await run(5)).toBeGreaterThan(0)
    expect(await run(5)).toBe(0)
    expect(await run(7)).toBeGreaterThan(0)
    expect(await run(5)).toBe(0)
    expect(await f.compilations()).toHaveLength(1)
    await f.release()
  })

  it('keeps the kernels of the latest sizes only', async () => {
    const f = jit((x: Tensor) => add(x, 1), { backend, symbolicDims: [['B']] })
    for (let size = 1; size <= 20; size++) await f(tensor(new Float32Array(size)))
    const before = kernels
    await f(tensor(new Float32Array(20)))
    expect(kernels).toBe(before)
    await f(tensor(new Float32Array(1)))
    expect(kernels).toBeGreaterThan(before)
    await f.release()
  })

  it('answers calls made at the same time each with its own result', async () => {
    const f = jit((x: Tensor) => mul(x, 2), { backend })
    const results = await Promise.all([1, 2, 3, 4].map((value) => f(tensor([value]))))
    expect(results.map((result) => result.item())).toEqual([2, 4, 6, 8])
    await f.release()
  })

  it('computes keys and random words on the host, with all their bits', async () => {
    const draw = (key: Tensor) => {
      const [a, b] = splitKey(key) as [Tensor, Tensor]
      return [a, randomUniform(b, [100]), mul(a, 65_537)]
    }
    const f = jit(draw, { backend })
    const want = draw(randomKey(7))
    expect((await f(randomKey(7))).map(({ data }) => data)).toEqual(want.map(({ data }) => data))
    await f.release()
  })

  it('refuses random words whose key the device computes', async () => {
    const f = jit((x: Tensor) => randomBits(cast(x, 'i32'), [3]), { backend })
    await expect(f(tensor([1, 2]))).rejects.toMatchObject({
      code: 'BACKEND_UNSUPPORTED',
      message: expect.stringMatching(/^gpu-webasm: randomBits needs words of 32 bits/),
    })
  })

  it('refuses f64 by the name of what needs it', async () => {
    const f = jit((x: Tensor) => exp(x), { backend })
    await expect(f(tensor(Float64Array.of(1)))).rejects.toThrow('gpu-webasm: f64 runs on the reference only')
  })

  it('never rounds a whole number silently', async () => {
    const wrong =
      'gpu: element 0 of an i32 result went beyond ±(2^24 − 1), or was read at an index out of range'
    const whole = (op: (x: Tensor) => Tensor) => jit((x: Tensor) => op(cast(x, 'i32')), { backend })
    const product = jit((x: Tensor, y: Tensor) => mul(cast(x, 'i32'), y), { backend })
    expect((await product(tensor([3]), ints(5_592_405))).item()).toBe(2 ** 24 - 1)
    for (const op of [
      (x: Tensor) => add(slice(x, 0, 0, 1), 1),
      (x: Tensor) => reduceSum(x),
      (x: Tensor) => slice(cumsum(x), 0, 2),
      (x: Tensor) => scatterAdd(ints(0, 0, 0), x, 1),
    ]) {
      await expect(whole(op)(tensor([2 ** 24 - 1, 2, -2]))).rejects.toThrow(wrong)
    }
    // 97 · 172,961 is 2²⁴ + 1, which f32 rounds to 2²⁴.
    await expect(product(tensor([97]), ints(172_961))).rejects.toThrow(wrong)
    await expect(product(tensor([1]), ints(2 ** 24))).rejects.toThrow(
      'gpu: element 0 of an i32 tensor is 16777216; kernels hold whole numbers up to ±(2^24 − 1) exactly',
    )
  })

  it('computes a sum of very many inputs, and joins many, in kernels of few', async () => {
    const inputs = Array.from({ length: 150 }, (_, i) => tensor([i]))
    const sum = jit((...xs: Tensor[]) => xs.reduce((a, b) => add(a, b)), { backend })
    expect((await sum(...inputs)).item()).toBe((149 * 150) / 2)
    const join = jit((...xs: Tensor[]) => concat(xs), { backend })
    expect((await join(...inputs)).toArray()).toEqual(inputs.map((_, i) => i))
    await Promise.all([sum.release(), join.release()])
  })

  it('computes chains of any length', async () => {
    const long = (x: Tensor) => {
      let y = x
      for (let k = 0; k < 700; k++) y = add(mul(y, 0.5), k)
      return y
    }
    const f = jit(long, { backend })
    expect((await f(tensor([1]))).item()).toBeCloseTo(long(tensor([1])).item(), 2)
    await f.release()
  })

  it('refuses positions that cannot be counted, inside a kernel too', async () => {
    const f = jit((x: Tensor) => reduceSum(reshape(broadcastTo(x, [5000, 4001]), [-1])), { backend })
    await expect(f(tensor(new Float32Array(4001)))).rejects.toThrow(
      /^gpu-webasm: a tensor has at most 16777215 elements here, and broadcastTo has the shape \[5000, 4001\]/,
    )
  })

  it('refuses them at the sizes of a call too', async () => {
    const f = jit((x: Tensor) => reduceSum(add(reshape(x, [-1, 1]), reshape(x, [1, -1]))), {
      backend,
      symbolicDims: [['B']],
    })
    expect((await f(tensor(new Float32Array(3).fill(1)))).item()).toBe(18)
    await expect(f(tensor(new Float32Array(5000)))).rejects.toThrow(
      /^gpu: .*: a tensor of shape \[5000, 5000\] has more than 16777215 elements/,
    )
    await f.release()
  })

  it('takes the class of gpu.js as its types have it, and says what else it was given', async () => {
    const own = await createGpuBackend({ mode: 'cpu', runtime: GPU })
    await own.release()
    expect(own.lost).toBe(true)
    await expect(createGpuBackend({ runtime: {} as typeof GPU })).rejects.toThrow(
      "createGpuBackend: runtime: expected gpu.js's class GPU, got",
    )
  })

  it('keeps NaN times a 0 that it knows', async () => {
    const f = jit((x: Tensor) => mul(x, 0), { backend })
    expect((await f(tensor([Number.NaN, Number.POSITIVE_INFINITY, 1]))).toArray()).toEqual([
      Number.NaN,
      Number.NaN,
      0,
    ])
    await f.release()
  })

  it('makes a number of what is read at an index out of range that the device computed NaN', async () => {
    const f = jit((x: Tensor, table: Tensor) => take(table, argMax(x)), { backend })
    expect((await f(tensor([1, 3, 2]), tensor([10, 20]))).item()).toBe(20)
    expect((await f(tensor([1, 2, 3]), tensor([10, 20]))).item()).toBeNaN()
    await f.release()
  })

  it('leaves results on the host where the mode has no memory of its own', async () => {
    const f = jit((x: Tensor) => ({ kept: add(x, 1) }), { backend, resident: ['kept'], donate: [0] })
    const { kept } = await f(tensor([1]))
    expect(kept.device).toBeUndefined()
    expect((await f(kept)).kept.item()).toBe(3)
    expect(kept.item()).toBe(2)
    await f.release()
  })
})
