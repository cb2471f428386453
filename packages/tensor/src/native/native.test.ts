import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { jit } from '../transforms/jit'
import { createNativeBackend } from './index'

describe('createNativeBackend', () => {
  it('takes a runtime, threads and providers, and says so', async () => {
    const backend = await createNativeBackend({ runtime: ort, threads: 1, executionProviders: ['cpu'] })
    expect(backend.description).toBe(`ONNX Runtime ${ort.env.versions.common} on cpu, 1 thread(s)`)
    const f = jit((x: Tensor) => add(x, 1), { backend })
    expect((await f(tensor([1, 2]))).toArray()).toEqual([2, 3])
    expect((await f.compilations())[0]!.reason).toBe('given')
    await f.release()
  })

  it('reports what ONNX Runtime refuses', async () => {
    const backend = await createNativeBackend({ executionProviders: ['nowhere'] })
    await expect(jit((x: Tensor) => add(x, 1), { backend })(tensor([1]))).rejects.toMatchObject({
      code: 'BACKEND_FAILURE',
      message: expect.stringMatching(/^native: ONNX Runtime could not compile the graph: /),
    })
  })
})
