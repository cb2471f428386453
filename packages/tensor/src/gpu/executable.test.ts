import { describe, expect, it } from 'vitest'
import type { Graph } from '../core/graph'
import { traceGraph } from '../core/graph'
import { tensor } from '../core/tensor'
import { exp } from '../primitives/exp'
import { createGpuBackend } from './index'

const graph: Graph = traceGraph([{ shape: [2], dtype: 'f32' }], ([x]) => [exp(x!)])
const zeros = [tensor([0, 0])]
const sizes = new Map<string, number>()

describe('an executable of gpu.js', () => {
  it('does not run once it has been released', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    const executable = await backend.compile(graph)
    const before = executable.run(zeros, sizes)
    await executable.release()
    expect((await before)[0]!.toArray()).toEqual([1, 1])
    await expect(executable.run(zeros, sizes)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: 'gpu: this graph was released; compile it again to run it',
    })
    await executable.release()
    await backend.release()
  })

  it('goes with its backend, which compiles nothing from then on', async () => {
    const backend = await createGpuBackend({ mode: 'webasm' })
    const executable = await backend.compile(graph)
    const before = executable.run(zeros, sizes)
    await backend.release()
    expect((await before)[0]!.toArray()).toEqual([1, 1])
    const refusal = { code: 'BACKEND_UNAVAILABLE', message: 'gpu (webasm): the backend was released' }
    await expect(executable.run(zeros, sizes)).rejects.toMatchObject(refusal)
    await expect(backend.compile(graph)).rejects.toMatchObject(refusal)
    await executable.release()
    await backend.release()
  })
})
