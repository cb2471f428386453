import { afterEach, describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { readTree, releaseTree, treeZip } from '../core/tree'
import { mean } from '../ops/reduce'
import { zeros } from '../ops/select'
import { add } from '../primitives/add'
import { matmul } from '../primitives/matmul'
import { mul } from '../primitives/mul'
import { relu } from '../primitives/relu'
import { sub } from '../primitives/sub'
import { valueAndGrad } from '../transforms/grad'
import { jit } from '../transforms/jit'
import { createGpuBackend, type GpuBackend } from './index'

/** What a page tells of its graphics, as far as it is watched; these types are the browser's, not Node's. */
type Class = { prototype: Record<string, (...args: unknown[]) => object> }
const page = globalThis as unknown as Record<'GPUDevice' | 'GPUBuffer' | 'WebGL2RenderingContext', Class>

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
