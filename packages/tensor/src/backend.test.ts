import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeBackend, resolveBackend } from './backend'
import { TensorError } from './core/errors'
import { type Tensor, tensor } from './core/tensor'
import { add } from './primitives/add'
import { jit } from './transforms/jit'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('onnxruntime-node')
  vi.resetModules()
})

describe('resolveBackend', () => {
  it('takes ONNX Runtime under auto, and says why', async () => {
    vi.stubEnv('PREFKIT_BACKEND', '')
    const { backend, reason } = await resolveBackend()
    expect(backend.name).toBe('native')
    expect(reason).toBe('auto: ONNX Runtime is installed')
    expect(await describeBackend()).toMatch(/^native \(ONNX Runtime \d+\.\d+\.\d+ on cpu, .*\); auto: ONNX/)
  })

  it('lets PREFKIT_BACKEND stand in for auto only', async () => {
    vi.stubEnv('PREFKIT_BACKEND', 'reference')
    expect((await resolveBackend()).reason).toBe('PREFKIT_BACKEND=reference')
    expect((await resolveBackend('auto')).backend.name).toBe('reference')
    expect((await resolveBackend('native')).backend.name).toBe('native')
    vi.stubEnv('PREFKIT_BACKEND', 'auto')
    expect((await resolveBackend()).reason).toMatch(/^auto: /)
  })

  it.each(['gpu', 'constructor'])('refuses the name %s and says where it came from', async (name) => {
    await expect(resolveBackend(name as 'auto')).rejects.toThrow(
      `backend: expected reference, native, auto, got "${name}"`,
    )
    vi.stubEnv('PREFKIT_BACKEND', name)
    await expect(resolveBackend()).rejects.toThrow(
      `PREFKIT_BACKEND: expected reference, native, auto, got "${name}"`,
    )
  })

  it('takes a backend that is given', async () => {
    const { backend } = await resolveBackend('reference')
    expect(await resolveBackend(backend)).toEqual({ backend, reason: 'given' })
  })
})

describe('without ONNX Runtime', () => {
  async function withoutRuntime() {
    vi.resetModules()
    vi.doMock('onnxruntime-node', () => {
      throw new Error('no such module')
    })
    return import('./index')
  }

  it('auto falls back on the reference and says so', async () => {
    const fresh = await withoutRuntime()
    const { backend, reason } = await fresh.resolveBackend('auto')
    expect(backend.name).toBe('reference')
    expect(reason).toMatch(
      /^auto: native: onnxruntime-node is not installed or does not load here; `npm install/,
    )
    const f = fresh.jit((x: Tensor) => fresh.add(x, 1))
    expect((await f(fresh.tensor([1]))).item()).toBe(2)
    expect((await f.compilations())[0]).toMatchObject({ backend: 'reference', reason })
  })

  it('native is refused with what to do', async () => {
    const fresh = await withoutRuntime()
    const refused = fresh.resolveBackend('native')
    await expect(refused).rejects.toThrow(/npm install onnxruntime-node/)
    // Another copy of the package made this error; it is still recognised.
    await expect(refused).rejects.toSatisfy(
      (error) => TensorError.isInstance(error) && error.code === 'BACKEND_UNAVAILABLE',
    )
  })

  it('ops on plain numbers and arrays compute at once', async () => {
    const fresh = await withoutRuntime()
    expect(fresh.logSumExp([0, 0]).item()).toBeCloseTo(Math.log(2), 6)
    expect(fresh.softmax([[1, 1]]).toArray()).toEqual([[0.5, 0.5]])
    expect(fresh.matmul([[1, 2]], [[3], [4]]).toArray()).toEqual([[11]])
  })
})

describe('f64', () => {
  const x = tensor(new Float64Array([1 / 3]))
  const f = (backend: 'auto' | 'native') => jit((t: Tensor) => add(t, 1), { backend })

  it('runs on the reference under auto, which says so', async () => {
    const run = f('auto')
    expect((await run(x)).data[0]).toBe(1 / 3 + 1)
    const [compilation] = await run.compilations()
    expect(compilation!.backend).toBe('reference')
    expect(compilation!.reason).toMatch(/native cannot run this graph: f64 runs on the reference only/)
  })

  it('is refused by native when asked for by name', async () => {
    await expect(f('native')(x)).rejects.toSatisfy(
      (error) => TensorError.isInstance(error) && error.code === 'BACKEND_UNSUPPORTED',
    )
  })
})
