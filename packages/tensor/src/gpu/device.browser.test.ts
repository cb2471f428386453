import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { readTree, releaseTree, treeZip } from '../core/tree'
import { mean } from '../ops/reduce'
import { zeros } from '../ops/select'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { exp } from '../primitives/exp'
import { matmul } from '../primitives/matmul'
import { mul } from '../primitives/mul'
import { reduceSum } from '../primitives/reduce-sum'
import { relu } from '../primitives/relu'
import { sub } from '../primitives/sub'
import { valueAndGrad } from '../transforms/grad'
import { jit } from '../transforms/jit'
import { createGpuBackend, type GpuBackend } from './index'

/** What a page tells of its graphics, as far as it is watched; these types are the browser's, not Node's. */
type Class = { prototype: Record<string, (...args: unknown[]) => object> }
const page = globalThis as unknown as Record<
  'GPUDevice' | 'GPUBuffer' | 'GPUQueue' | 'HTMLCanvasElement' | 'OffscreenCanvas' | 'WebGL2RenderingContext',
  Class
>

const restores: (() => void)[] = []
afterEach(() => {
  for (const restore of restores.splice(0)) restore()
})

function wrap(
  { prototype }: Class,
  name: string,
  around: (call: () => object, self: object, args: unknown[]) => object,
): void {
  const original = prototype[name]!
  prototype[name] = function (this: object, ...args) {
    return around(() => original.apply(this as never, args), this, args)
  }
  restores.push(() => {
    prototype[name] = original
  })
}

/** Counts what a mode holds on the device from now on. */
const watches: Readonly<Record<string, () => () => number>> = {
  webgpu() {
    const live = new Set<object>()
    wrap(page.GPUDevice, 'createBuffer', (call) => {
      const buffer = call()
      live.add(buffer)
      return buffer
    })
    wrap(page.GPUBuffer, 'destroy', (call, self) => {
      live.delete(self)
      return call()
    })
    return () => live.size
  },
  webgl2() {
    const live = new Set<unknown>()
    wrap(page.WebGL2RenderingContext, 'createTexture', (call) => {
      const texture = call()
      live.add(texture)
      return texture
    })
    wrap(page.WebGL2RenderingContext, 'deleteTexture', (call, _self, [texture]) => {
      live.delete(texture)
      return call()
    })
    return () => live.size
  },
}

/** What a mode calls to run a kernel. */
const starts: Readonly<Record<string, [Class, string]>> = {
  webgpu: [page.GPUQueue, 'submit'],
  webgl2: [page.WebGL2RenderingContext, 'drawArrays'],
}

/** Does something whenever a kernel runs, from now on. */
function beforeKernels(mode: string, act: () => void): void {
  wrap(...starts[mode]!, (call) => {
    act()
    return call()
  })
}

/** Ways of losing what a mode runs on: what is used from now on is lost when the function they give is called. */
const loseDevices: Readonly<Record<'webgpu' | 'webgl2', () => () => Promise<void>>> = {
  webgpu() {
    // All backends of a page share one device.
    const devices = new Set<{ destroy(): void; lost: Promise<unknown> }>()
    wrap(page.GPUDevice, 'createBuffer', (call, self) => {
      devices.add(self as { destroy(): void; lost: Promise<unknown> })
      return call()
    })
    return async () => {
      for (const device of devices) device.destroy()
      await Promise.all([...devices].map(({ lost }) => lost))
    }
  },
  webgl2() {
    const contexts: { getExtension(name: string): { loseContext(): void } | null }[] = []
    for (const canvas of [page.HTMLCanvasElement, page.OffscreenCanvas]) {
      wrap(canvas, 'getContext', (call) => {
        const context = call()
        if (context) contexts.push(context as (typeof contexts)[number])
        return context
      })
    }
    return async () => {
      for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext()
    }
  },
}

type Weights = { hidden: Tensor; out: Tensor }

const lossOf = ({ hidden, out }: Weights, x: Tensor, y: Tensor): Tensor => {
  const off = sub(matmul(relu(matmul(x, hidden)), out), y)
  return mean(mul(off, off))
}

/** Gradient descent with momentum. */
const train = (weights: Weights, momentum: Weights, x: Tensor, y: Tensor) => {
  const [loss, gradients] = valueAndGrad((w: Weights) => lossOf(w, x, y))(weights)
  const next = treeZip((m, g) => add(mul(m, 0.9), g), momentum, gradients)
  return { weights: treeZip((w, m) => sub(w, mul(m, 0.01)), weights, next), momentum: next, loss }
}

const numbers = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(7 * i + shape.length)),
    { shape },
  )

const start = () => ({
  weights: { hidden: mul(numbers(16, 32), 0.2), out: mul(numbers(32, 1), 0.2) },
  momentum: { hidden: zeros([16, 32]), out: zeros([32, 1]) },
})

const compile = (backend: GpuBackend | 'reference') =>
  jit(train, { backend, resident: ['weights', 'momentum'], donate: [0, 1] })

async function steps(run: ReturnType<typeof compile>, count: number, each: (step: number) => void) {
  let state: { weights: Weights; momentum: Weights; loss: Tensor } = { ...start(), loss: tensor(0) }
  for (let step = 1; step <= count; step++) {
    state = await run(state.weights, state.momentum, numbers(64, 16), numbers(64, 1))
    each(step)
  }
  return state
}

describe.each(['webgpu', 'webgl2'] as const)('memory of %s', (mode) => {
  it('does not grow over 1,000 steps of training, and is given back', async () => {
    const live = watches[mode]!()
    const backend = await createGpuBackend({ mode })
    const run = compile(backend)
    const counts: number[] = []
    const { weights, momentum } = await steps(run, 1000, () => counts.push(live()))
    expect(counts.at(-1)).toBe(counts[9])
    releaseTree(weights)
    releaseTree(momentum)
    await run.release()
    await backend.release()
    expect(live()).toBe(0)
  })

  it('holds what is resident, which is read when asked for and used up when donated', async () => {
    const backend = await createGpuBackend({ mode })
    const run = compile(backend)
    const { weights, momentum, loss } = await steps(run, 3, () => {})
    expect(loss.device).toBeUndefined()
    expect(`${weights.hidden}`).toBe(`Tensor(f32, [16, 32], on gpu (${mode}))`)
    expect(() => weights.hidden.data).toThrow(
      /is in the memory of gpu \(\w+\); `await tensor.read\(\)` gives one/,
    )
    const here = await readTree(weights)
    const want = await steps(compile('reference'), 3, () => {})
    // Three steps, each of a few dozen roundings.
    here.hidden.data.forEach((value, i) => {
      expect(Math.abs(value - want.weights.hidden.data[i]!)).toBeLessThan(1e-6)
    })
    await run(weights, momentum, numbers(64, 16), numbers(64, 1))
    await expect(weights.hidden.read()).rejects.toMatchObject({ code: 'ON_DEVICE' })
    await expect(run(weights, momentum, numbers(64, 16), numbers(64, 1))).rejects.toThrow(/was donated/)
    await run.release()
    await backend.release()
  })

  it('tells that a device was lost, and comes back on another', async () => {
    const loss = loseDevices[mode]()
    const run = jit((x: Tensor) => add(x, 1), { backend: `gpu-${mode}`, resident: true })
    const kept = await run(tensor([1]))
    await loss()
    await expect(kept.read()).rejects.toMatchObject({ code: 'DEVICE_LOST' })
    await expect(run(tensor([1]))).rejects.toMatchObject({ code: 'DEVICE_LOST' })
    const again = await run(tensor([1]))
    expect((await again.read()).toArray()).toEqual([2])
    await run.release()
  })

  it('takes tensors of the host and of the device in turn, whichever kernel made them', async () => {
    const backend = await createGpuBackend({ mode })
    const biased = (x: Tensor, b: Tensor) => relu(add(x, b))
    const chained = jit((x: Tensor, b: Tensor): [Tensor] => [biased(x, b)], {
      backend,
      resident: [0],
      donate: [0],
    })
    const [x, b] = [numbers(8, 5), numbers(5)]
    const [once] = await chained(x, b)
    const [twice] = await chained(once, b)
    const want = biased(biased(x, b), b)
    ;(await twice.read()).data.forEach((value, i) => {
      expect(Math.abs(value - want.data[i]!)).toBeLessThan(1e-6)
    })
    await chained.release()
    await backend.release()
  })

  it('hands tensors to another function, and to another backend', async () => {
    const backend = await createGpuBackend({ mode })
    const made = jit((x: Tensor) => [add(x, 1)] as const, { backend, resident: [0] })
    const [kept] = await made(tensor([1, 2, 3]))
    const same = jit((x: Tensor) => mul(x, 2), { backend })
    const other = jit((x: Tensor) => mul(x, 2), { backend: 'reference' })
    expect((await same(kept)).toArray()).toEqual([4, 6, 8])
    expect((await other(kept)).toArray()).toEqual([4, 6, 8])
    kept.release()
    await Promise.all([made.release(), same.release()])
    await backend.release()
  })
})

/** Two kernels, of which the second reads `late`. */
const inTwo = (early: Tensor, late: Tensor) => {
  const kept = reduceSum(exp(early))
  return { kept, last: mul(late, add(kept, 1)) }
}

describe.each(['webgpu', 'webgl2'] as const)('what tensors hold on %s', (mode) => {
  let backend: GpuBackend
  let live: () => number
  let resident: (...values: number[]) => Promise<Tensor>
  beforeEach(async () => {
    live = watches[mode]!()
    backend = await createGpuBackend({ mode })
    const make = jit((x: Tensor) => [add(x, 1)] as const, { backend, resident: [0] })
    resident = async (...values) => (await make(tensor(values.map((value) => value - 1))))[0]
  })
  afterEach(() => backend.release())

  it('is not read by a call whose turn comes when it has been donated', async () => {
    const f = jit((x: Tensor) => [mul(x, 2)] as const, { backend, resident: [0], donate: [0] })
    await f(await resident(9, 9, 9))
    const x = await resident(1, 2, 3)
    const [first, second] = await Promise.allSettled([f(x), f(x)])
    expect(first.status === 'fulfilled' && (await first.value[0].read()).toArray()).toEqual([2, 4, 6])
    expect(second).toMatchObject({
      reason: { code: 'ON_DEVICE', message: expect.stringMatching(/, was donated before its turn came;/) },
    })
  })

  it('stays there while a run reads it', async () => {
    const f = jit((early: Tensor, late: Tensor) => inTwo(early, late).last, { backend })
    const early = await resident(0, 0, 0)
    await f(early, await resident(1, 2))
    const late = await resident(5, 6)
    // The kernel that computed it holds its latest result.
    await resident(0, 0)
    beforeKernels(mode, () => late.release())
    expect((await f(early, late)).toArray()).toEqual([20, 24])
    expect(late.device!.gone).toBe('released')
  })

  it('outlives what computed it', async () => {
    const f = jit((x: Tensor) => [mul(x, 3)] as const, { backend, resident: [0] })
    const [first] = await f(tensor([1, 2, 3]))
    const [second] = await f(tensor([4, 5, 6]))
    const reading = second.read()
    await f.release()
    expect((await reading).toArray()).toEqual([12, 15, 18])
    const double = jit((x: Tensor) => mul(x, 2), { backend })
    expect((await double(first)).toArray()).toEqual([6, 12, 18])
    expect((await first.read()).toArray()).toEqual([3, 6, 9])
  })

  it('outlives the kernels of sizes that are not kept, which go with it', async () => {
    const f = jit((x: Tensor) => [add(x, 1)] as const, { backend, resident: [0], symbolicDims: [['B']] })
    const kept: Tensor[] = []
    for (let size = 1; size <= 20; size++) kept.push((await f(tensor(new Float32Array(size))))[0])
    const read = await Promise.all(kept.map((tensor) => tensor.read()))
    read.forEach(({ data }, i) => {
      expect([...data]).toEqual(Array.from({ length: i + 1 }, () => 1))
    })
    await f.release()
    const before = live()
    for (const tensor of kept) tensor.release()
    expect(live()).toBeLessThanOrEqual(before - kept.length)
  })

  it('stays while uploads of many other lengths come and go, and is freed thereafter', async () => {
    const f = jit((x: Tensor) => mul(x, 2), { backend, symbolicDims: [['B']] })
    const [one, other] = [tensor([5]), tensor([7])]
    for (const x of [one, one, other, other]) await f(x)
    for (let size = 2; size <= 70; size++) await f(numbers(size))
    expect([(await f(one)).item(), (await f(other)).item()]).toEqual([10, 14])
    await f.release()
    await backend.release()
    expect(live()).toBe(0)
  })

  it('is freed when a run fails', async () => {
    const f = jit((x: Tensor) => ({ kept: add(x, 1), whole: mul(cast(x, 'i32'), cast(x, 'i32')) }), {
      backend,
      resident: ['kept'],
    })
    const g = jit(inTwo, { backend, resident: ['kept', 'last'] })
    const [large, small] = [await resident(2 ** 20, 1), await resident(1, 2)]
    releaseTree([(await f(small)).kept, await g(small, small)])
    let kernels = 0
    beforeKernels(mode, () => {
      kernels++
      if (kernels > 1000 && kernels % 2 === 0) throw new Error('told to fail')
    })
    const grown = async (fail: () => Promise<unknown>) => {
      const before = live()
      for (let i = 0; i < 5; i++) await expect(fail()).rejects.toThrow()
      return live() - before
    }
    expect(await grown(() => f(large))).toBeLessThanOrEqual(1)
    kernels = 1000
    expect(await grown(() => g(small, small))).toBeLessThanOrEqual(1)
  })

  it('is held by each of two results that are computed as one', async () => {
    const twice = jit((x: Tensor) => ({ a: mul(x, 2), b: mul(x, 2), here: mul(x, 2) }), {
      backend,
      resident: ['a', 'b'],
    })
    const { a, b, here } = await twice(tensor([1, 2]))
    expect(here.toArray()).toEqual([2, 4])
    a.release()
    expect((await b.read()).toArray()).toEqual([2, 4])
    const pass = jit((x: Tensor, y: Tensor) => ({ x: add(x, 1), y }), {
      backend,
      resident: ['x', 'y'],
      donate: [0, 1],
    })
    const pair = await twice(tensor([1, 2]))
    const { y } = await pass(pair.a, pair.b)
    expect([pair.a.device!.gone, (await y.read()).toArray()]).toEqual(['donated', [2, 4]])
  })

  it('is copied for a result that is an argument and does not stay', async () => {
    const f = jit((x: Tensor) => ({ x, y: mul(x, 2) }), { backend, donate: [0] })
    const { x, y } = await f(await resident(1, 2))
    expect([x.toArray(), y.toArray()]).toEqual([
      [1, 2],
      [2, 4],
    ])
  })

  it('goes with the backend, and so does all else', async () => {
    const x = await resident(1, 2)
    const f = jit((x: Tensor, y: Tensor) => mul(x, y), { backend })
    const y = tensor([3, 4])
    for (let i = 0; i < 3; i++) await f(x, y)
    await backend.release()
    expect(live()).toBe(0)
    await expect(x.read()).rejects.toMatchObject({ code: 'ON_DEVICE' })
    await expect(f(y, y)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: `gpu (${mode}): the backend was released`,
    })
    await f.release()
  })

  it('of constants goes with what was compiled', async () => {
    const constant = numbers(1000)
    const f = jit((x: Tensor) => add(x, constant), { backend })
    const x = await resident(1)
    // The kernel that brings so many numbers there holds the latest.
    const sum = jit((x: Tensor) => reduceSum(x), { backend })
    await sum(numbers(1000))
    const before = live()
    for (let i = 0; i < 3; i++) await f(x)
    await sum(numbers(1000))
    expect(live()).toBeGreaterThan(before)
    await f.release()
    expect(live()).toBe(before)
  })
})
