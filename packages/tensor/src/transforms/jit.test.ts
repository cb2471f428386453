import { describe, expect, it } from 'vitest'
import { type Backend, resolveBackend } from '../backend'
import { expectClose } from '../conformance/expect-op'
import { TensorError } from '../core/errors'
import { Tensor, tensor } from '../core/tensor'
import { treeMap, treeZip } from '../core/tree'
import { randomKey, randomNormal, splitKey } from '../ops/random'
import { mean } from '../ops/reduce'
import { zerosLike } from '../ops/select'
import { add } from '../primitives/add'
import { div } from '../primitives/div'
import { matmul } from '../primitives/matmul'
import { mul } from '../primitives/mul'
import { neg } from '../primitives/neg'
import { pow } from '../primitives/pow'
import { reduceSum } from '../primitives/reduce-sum'
import { relu } from '../primitives/relu'
import { softplus } from '../primitives/softplus'
import { sqrt } from '../primitives/sqrt'
import { sub } from '../primitives/sub'
import { valueAndGrad } from './grad'
import { jit } from './jit'

/** The reference, counting what it compiles and runs, and failing when told to. */
function countingBackend() {
  const counts = { compiled: 0, run: 0, released: 0, fail: false }
  const backend: Backend = {
    name: 'counting',
    description: 'the reference, counted',
    refuses: () => undefined,
    async compile(graph) {
      counts.compiled++
      if (counts.fail) throw new TensorError('BACKEND_FAILURE', 'told to fail')
      const inner = await (await resolveBackend('reference')).backend.compile(graph)
      return {
        run(...args) {
          counts.run++
          return inner.run(...args)
        },
        async release() {
          counts.released++
        },
      }
    },
  }
  return { backend, counts }
}

const vector = (...values: number[]) => tensor(values)

describe('jit', () => {
  it('traces and compiles once for arguments alike, and anew for new shapes, dtypes and structures', async () => {
    const { backend, counts } = countingBackend()
    let traces = 0
    const f = jit(
      (tree: { x: Tensor; y?: Tensor }) => {
        traces++
        return add(tree.x, 1)
      },
      { backend },
    )
    expect((await f({ x: vector(1, 2) })).toArray()).toEqual([2, 3])
    expect((await f({ x: vector(5, 6) })).toArray()).toEqual([6, 7])
    expect([traces, counts.compiled, counts.run]).toEqual([1, 1, 2])
    await f({ x: vector(1, 2, 3) })
    await f({ x: tensor(new Int32Array([1, 2])) })
    await f({ x: vector(1, 2), y: vector(1) })
    expect([traces, counts.compiled]).toEqual([4, 4])
    const signatures = (await f.compilations()).map(({ signature }) => signature)
    expect(new Set(signatures).size).toBe(4)
  })

  it('compiles once for concurrent first calls', async () => {
    const { backend, counts } = countingBackend()
    const f = jit((x: Tensor) => mul(x, 2), { backend })
    const results = await Promise.all([1, 2, 3, 4].map((v) => f(vector(v))))
    expect(results.map((r) => r.item())).toEqual([2, 4, 6, 8])
    expect(counts.compiled).toBe(1)
  })

  it('does not keep a compilation that failed', async () => {
    const { backend, counts } = countingBackend()
    const f = jit((x: Tensor) => mul(x, 2), { backend })
    counts.fail = true
    await expect(f(vector(1))).rejects.toThrow('told to fail')
    counts.fail = false
    expect((await f(vector(1))).item()).toBe(2)
    expect(await f.compilations()).toHaveLength(1)
  })

  it('can be asked and released while a compilation is failing', async () => {
    const { backend, counts } = countingBackend()
    const f = jit((x: Tensor) => mul(x, 2), { backend })
    counts.fail = true
    const failing = f(vector(1))
    expect(await f.compilations()).toEqual([])
    await f.release()
    await expect(failing).rejects.toThrow('told to fail')
  })

  it('does not keep a trace that failed, and traces cleanly afterwards', async () => {
    let broken = true
    const f = jit((x: Tensor) => (broken ? add(x, [1, 2, 3]) : add(x, 1)), { backend: 'reference' })
    await expect(f(vector(1, 2))).rejects.toThrow(
      /add: shapes \[2\] and \[3\] do not broadcast.*jit\.test\.ts:\d+/,
    )
    broken = false
    expect((await f(vector(1, 2))).toArray()).toEqual([2, 3])
  })

  it('frees what it compiled, and compiles anew afterwards', async () => {
    const { backend, counts } = countingBackend()
    const f = jit((x: Tensor) => neg(x), { backend })
    await f(vector(1))
    await f.release()
    expect([counts.released, await f.compilations()]).toEqual([1, []])
    expect((await f(vector(1))).item()).toBe(-1)
    expect(counts.compiled).toBe(2)
  })

  it.each(['reference', 'native'] as const)(
    'serves every batch size with one compilation on %s',
    async (backend) => {
      const f = jit((w: Tensor, x: Tensor) => mean(matmul(x, w), { axis: 0 }), {
        backend,
        symbolicDims: [[], ['B']],
      })
      const w = tensor([[1], [2]])
      for (const size of [1, 2, 7, 64, 3]) {
        const x = tensor(Array.from({ length: size }, (_, i) => [i, 1]))
        expect((await f(w, x)).toArray()).toEqual([(size - 1) / 2 + 2])
      }
      const [compilation, ...others] = await f.compilations()
      expect(others).toEqual([])
      expect(compilation!.signature).toContain('f32[B,2]')
      expect(compilation!.backend).toBe(backend)
      await f.release()
    },
  )

  it('holds two names apart, multiplies them, and refuses one name with two sizes', async () => {
    const f = jit((x: Tensor, y: Tensor) => add(matmul(x, y), 0), {
      backend: 'reference',
      symbolicDims: [['B', 'K'], ['K']],
    })
    expect((await f(tensor([[1, 2, 3]]), tensor([[1], [1], [1]]))).toArray()).toEqual([[6]])
    await expect(f(tensor([[1, 2, 3]]), tensor([[1], [1]]))).rejects.toThrow(
      /jit: dimension K is 3 in one argument and 2 in another of shape \[2, 1\]/,
    )
    const g = jit((x: Tensor, y: Tensor) => add(x, y), { backend: 'reference', symbolicDims: [['B'], ['C']] })
    await expect(g(vector(1, 2), vector(1, 2))).rejects.toThrow(/shapes \[B\] and \[C\] do not broadcast/)
  })

  it('returns inputs, constants and repeated results as they are', async () => {
    for (const backend of ['reference', 'native'] as const) {
      const f = jit((x: Tensor) => ({ x, one: vector(1, 2), twice: [mul(x, 2), mul(x, 2)], none: null }), {
        backend,
      })
      const got = await f(vector(3, 4))
      expect(got.x.toArray()).toEqual([3, 4])
      expect(got.one.toArray()).toEqual([1, 2])
      expect(got.twice.map((t) => t.toArray())).toEqual([
        [6, 8],
        [6, 8],
      ])
      expect(got.none).toBeNull()
      await f.release()
    }
  })

  it('does not free memory that is given out again when it is donated', async () => {
    const released: string[] = []
    const onDevice = (name: string) =>
      Tensor.onDevice(
        {
          place: 'a device',
          gone: undefined,
          read: async () => Float32Array.of(1),
          release: (how) => released.push(`${name} ${how}`),
        },
        [1],
        'f32',
      )
    const backend: Backend = {
      name: 'views',
      description: 'gives out the memory of its first argument',
      refuses: () => undefined,
      compile: async () => ({
        run: async ([x]) => [Tensor.onDevice(x!.device!, [1], 'f32')],
        owns: () => true,
        release: async () => {},
      }),
    }
    const f = jit((x: Tensor, _y: Tensor) => neg(x), { backend, donate: [0, 1] })
    await f(onDevice('x'), onDevice('y'))
    expect(released).toEqual(['y donated'])
  })

  it('feeds results back in', async () => {
    const f = jit((x: Tensor) => add(x, 1), { backend: 'native' })
    let x = vector(0, 0)
    for (let i = 0; i < 10; i++) x = await f(x)
    expect(x.toArray()).toEqual([10, 10])
    await f.release()
  })

  it('refuses values that are no tensors, by path', async () => {
    const f = jit((p: { a: unknown }) => vector(Object.keys(p).length), { backend: 'reference' })
    await expect(f({ a: 3 })).rejects.toThrow(/a: expected tensors in plain objects and arrays, got number 3/)
    await expect(f({ a: new Map() })).rejects.toThrow(/got Map/)
  })

  it('refuses an asynchronous function', async () => {
    const f = jit(async (x: Tensor) => x, { backend: 'reference' })
    await expect(f(vector(1))).rejects.toThrow(/got Promise/)
  })
})

/** A small reward model with its whole Adam step: loss, gradients, moments and update. */
type Params = { w1: Tensor; w2: Tensor }
interface State {
  params: Params
  m: Params
  v: Params
  t: Tensor
}

const score = (p: Params, x: Tensor) => matmul(relu(matmul(x, p.w1)), p.w2)

function trainStep(state: State, chosen: Tensor, rejected: Tensor): [State, Tensor] {
  const [loss, g] = valueAndGrad((p: Params) =>
    mean(softplus(neg(sub(score(p, chosen), score(p, rejected))))),
  )<Params>(state.params)
  const t = add(state.t, 1)
  const m = treeZip((a, b) => add(mul(0.9, a), mul(0.1, b)), state.m, g)
  const v = treeZip((a, b) => add(mul(0.999, a), mul(0.001, mul(b, b))), state.v, g)
  const unbias = (x: Tensor, beta: number) => div(x, sub(1, pow(beta, t)))
  const update = treeZip((a, b) => div(unbias(a, 0.9), add(sqrt(unbias(b, 0.999)), 1e-8)), m, v)
  const params = treeZip((p, u) => sub(p, mul(0.01, u)), state.params, update)
  return [{ params, m, v, t }, loss]
}

describe('a whole training step', () => {
  const keys = splitKey(randomKey(0), 4)
  const params = {
    w1: mul(0.3, randomNormal(keys[0]!, [6, 5])),
    w2: mul(0.3, randomNormal(keys[1]!, [5, 1])),
  }
  const start: State = { params, m: treeMap(zerosLike, params), v: treeMap(zerosLike, params), t: tensor(0) }
  const batch = (size: number) =>
    [randomNormal(keys[2]!, [size, 6]), randomNormal(keys[3]!, [size, 6])] as const

  it('is one graph and one run, for every batch size', async () => {
    const { backend, counts } = countingBackend()
    const step = jit(trainStep, { backend, symbolicDims: [[], ['B'], ['B']] })
    let state = start
    for (const size of [8, 3, 8]) [state] = await step(state, ...batch(size))
    expect([counts.compiled, counts.run]).toEqual([1, 3])
  })

  it('learns alike on every backend, and as the same functions do eagerly', async () => {
    const run = jit(trainStep, { backend: 'native', symbolicDims: [[], ['B'], ['B']] })
    let native = start
    let eager = start
    const losses: number[] = []
    for (let i = 0; i < 40; i++) {
      const [next, loss] = await run(native, ...batch(16))
      native = next
      eager = trainStep(eager, ...batch(16))[0]
      losses.push(loss.item())
    }
    expect(losses.at(-1)!).toBeLessThan(0.7 * losses[0]!)
    // 40 steps of Adam at 0.01 move each weight by at most 0.4; f32 roundings of 1e-7 grow with them.
    for (const name of ['w1', 'w2'] as const) {
      expectClose(native.params[name], eager.params[name], { relative: 1e-4, absolute: 1e-4 }, name)
    }
    expect(reduceSum(native.t).item()).toBe(40)
    await run.release()
  })
})
