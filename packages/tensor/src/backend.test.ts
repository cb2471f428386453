import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeBackend, resolveBackend } from './backend'
import { TensorError } from './core/errors'
import { type Tensor, tensor } from './core/tensor'
import { add } from './primitives/add'
import { jit } from './transforms/jit'

// What this machine has for a GPU must not decide what the tests see.
vi.mock('./gpu/adapter', () => ({
  webgpuDevice: async () => 'no WebGPU adapter answers',
  webgl2Device: () => 'there is no canvas here',
}))

afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('onnxruntime-node')
  vi.doUnmock('gpu.js')
  vi.resetModules()
})

const names = 'auto, reference, native, gpu, gpu-webgpu, gpu-webgl2, gpu-webasm, gpu-cpu'

describe('resolveBackend', () => {
  it('takes ONNX Runtime under auto, and says why', async () => {
    vi.stubEnv('PREFKIT_BACKEND', '')
    const { backend, reason } = await resolveBackend()
    expect(backend.name).toBe('native')
    expect(reason).toBe(
      'auto: no GPU (no WebGPU adapter answers; there is no canvas here); ONNX Runtime is installed',
    )
    expect(await describeBackend()).toMatch(/^native \(ONNX Runtime \d+\.\d+\.\d+ on cpu, .*\); auto: no GPU/)
  })

  it('lets PREFKIT_BACKEND stand in for auto only', async () => {
    vi.stubEnv('PREFKIT_BACKEND', 'reference')
    expect((await resolveBackend()).reason).toBe('PREFKIT_BACKEND=reference')
    expect((await resolveBackend('auto')).backend.name).toBe('reference')
    expect((await resolveBackend('native')).backend.name).toBe('native')
    vi.stubEnv('PREFKIT_BACKEND', 'auto')
    expect((await resolveBackend()).reason).toMatch(/^auto: /)
  })

  it.each(['cuda', 'constructor'])('refuses the name %s and says where it came from', async (name) => {
    await expect(resolveBackend(name as 'auto')).rejects.toThrow(`backend: expected ${names}, got "${name}"`)
    vi.stubEnv('PREFKIT_BACKEND', name)
    await expect(resolveBackend()).rejects.toThrow(`PREFKIT_BACKEND: expected ${names}, got "${name}"`)
  })

  it('takes a backend that is given', async () => {
    const { backend } = await resolveBackend('reference')
    expect(await resolveBackend(backend)).toEqual({ backend, reason: 'given' })
  })
})

describe('without ONNX Runtime', () => {
  async function without(...modules: string[]) {
    vi.resetModules()
    for (const name of modules) {
      vi.doMock(name, () => {
        throw new Error('no such module')
      })
    }
    return import('./index')
  }
  const withoutRuntime = () => without('onnxruntime-node')

  it('auto takes gpu.js on WebAssembly and says so', async () => {
    const fresh = await withoutRuntime()
    const { backend, reason } = await fresh.resolveBackend('auto')
    expect(backend.description).toBe('gpu.js, webasm')
    expect(reason).toMatch(/; native: onnxruntime-node is not installed .*; gpu\.js is installed$/)
    const f = fresh.jit((x: Tensor) => fresh.add(x, 1))
    expect((await f(fresh.tensor([1]))).item()).toBe(2)
    await f.release()
  })

  it('and without gpu.js auto falls back on the reference and says so', async () => {
    const fresh = await without('onnxruntime-node', 'gpu.js')
    const { backend, reason } = await fresh.resolveBackend('auto')
    expect(backend.name).toBe('reference')
    expect(reason).toMatch(
      /^auto: gpu: gpu\.js is not installed .*; native: onnxruntime-node is not installed or does not load here; `npm install/,
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

  it('native is tried again, and taken once it is there', async () => {
    const fresh = await withoutRuntime()
    await expect(fresh.resolveBackend('native')).rejects.toThrow(/npm install onnxruntime-node/)
    vi.doUnmock('onnxruntime-node')
    expect((await fresh.resolveBackend('native')).backend.name).toBe('native')
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
