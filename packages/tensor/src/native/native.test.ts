import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { Tensor, tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { take } from '../primitives/gather'
import { matmul } from '../primitives/matmul'
import { mul } from '../primitives/mul'
import { jit } from '../transforms/jit'
import { createNativeBackend, type OnnxRuntime } from './index'

/** Collects what nobody can reach. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** ONNX Runtime, and what it was asked to compile. */
function observed() {
  const asked: { model: number; files: readonly { path: string; data: Uint8Array }[] }[] = []
  const create: OnnxRuntime['InferenceSession']['create'] = (model, options) => {
    asked.push({ model: model.length, files: (options as { externalData: [] }).externalData })
    return ort.InferenceSession.create(model, options)
  }
  return { asked, runtime: { env: ort.env, Tensor: ort.Tensor, InferenceSession: { create } } }
}

/** A table of `rows` distinct rows, in the middle of a larger block of memory. */
function table(rows: number, columns: number, block = new ArrayBuffer(4 * rows * columns + 16)): Tensor {
  const data = new Float32Array(block, 8, rows * columns)
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i)
  return Tensor.fromData(data, [rows, columns])
}

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

  it('hands over large constants as they lie in memory, each once', async () => {
    const { asked, runtime } = observed()
    const embedding = table(40, 8)
    const f = jit(
      (ids: Tensor) => {
        const hidden = take(embedding, ids)
        return { hidden, logits: matmul(hidden, embedding, { transposeB: true }) }
      },
      { backend: await createNativeBackend({ runtime }) },
    )
    const ids = tensor([3, 39], { dtype: 'i32' })
    const { hidden, logits } = await f(ids)
    expect(hidden.toArray()).toEqual(take(embedding, ids).toArray())
    const row = (i: number) => [...embedding.data.subarray(8 * i, 8 * i + 8)]
    const dot = row(39).reduce((sum, x, i) => sum + x * row(7)[i]!, 0)
    // Sums of 8 products below 1 in f32, in any order.
    expect(logits.data[40 + 7]).toBeCloseTo(dot, 6)
    const [{ files, model }] = asked as [(typeof asked)[0]]
    expect(
      files.map(({ data }) => [data.buffer === embedding.data.buffer, data.byteOffset, data.length]),
    ).toEqual([[true, 8, 4 * 40 * 8]])
    expect(model).toBeLessThan(4 * 40 * 8)
    await f.release()
  })

  it('keeps small constants in the model, and takes those in shared memory', async () => {
    const { asked, runtime } = observed()
    const shared = table(40, 8, new SharedArrayBuffer(4 * 40 * 8 + 16) as unknown as ArrayBuffer)
    const small = table(2, 4)
    const f = jit((ids: Tensor) => ({ shared: take(shared, ids), small: take(small, ids) }), {
      backend: await createNativeBackend({ runtime }),
    })
    const ids = tensor([1], { dtype: 'i32' })
    const got = await f(ids)
    expect(got.shared.toArray()).toEqual(take(shared, ids).toArray())
    expect(got.small.toArray()).toEqual(take(small, ids).toArray())
    expect(asked[0]!.files).toHaveLength(1)
    await f.release()
  })

  it('has constants of its own: what becomes of the memory afterwards is of no account', async () => {
    const weights = table(40, 8)
    const f = jit((x: Tensor) => ({ product: matmul(x, weights), rows: take(weights, [1]) }), {
      backend: 'native',
      symbolicDims: [['B']],
    })
    const x = table(3, 40)
    const before = await f(x)
    weights.data.fill(0)
    const after = await f(x)
    expect(after.product.toArray()).toEqual(before.product.toArray())
    expect(after.rows.toArray()).toEqual(before.rows.toArray())
    await f.release()
  })

  it('reads constants that are shared where they are, and leaves small ones in the model', async () => {
    const { asked, runtime } = observed()
    // Whole numbers from −3 to 3, whose products of products stay below 2²⁴: sums of them are exact in any order.
    const whole = (rows: number) =>
      tensor(
        Float32Array.from({ length: rows * 200 }, (_, i) => ((i * i) % 7) - 3),
        { shape: [rows, 200] },
      )
    const [weights, scale] = [whole(200), whole(1)]
    const backend = await createNativeBackend({ runtime })
    const make = (constants: 'packed' | 'shared') =>
      jit(
        (x: Tensor) => {
          const product = mul(matmul(x, weights, { transposeB: true }), scale)
          return { product, again: matmul(product, weights), rows: take(weights, [1]), weights }
        },
        { backend, symbolicDims: [['B']], constants },
      )
    const [packed, shared] = [make('packed'), make('shared')]
    const x = whole(3)
    const [one, other] = [await packed(x), await shared(x)]
    const sizes = asked.map(({ files }) => files.map(({ data }) => data.length))
    expect(sizes).toEqual([[4 * 200 * 200], []])
    for (const name of ['product', 'again', 'rows'] as const) {
      expect(other[name].toArray()).toEqual(one[name].toArray())
    }
    expect(other.weights.toArray()).toEqual(weights.toArray())
    weights.data.fill(0)
    expect(Math.max(...(await shared(whole(2))).again.data.map(Math.abs))).toBe(0)
    expect(() => make('both' as 'shared')).toThrow(
      /jit: constants: expected "packed" or "shared", got "both"/,
    )
    await Promise.all([packed, shared].map((each) => each.release()))
  })

  it('keeps no constant alive that it has compiled', async () => {
    let kept: WeakRef<ArrayBufferLike> | undefined
    const f = jit(
      (x: Tensor) => {
        const weights = table(40, 8)
        kept = new WeakRef(weights.data.buffer)
        return [matmul(x, weights)] as const
      },
      { backend: 'native', symbolicDims: [['B']] },
    )
    await f(table(3, 40))
    collectGarbage()
    expect(kept!.deref()).toBeUndefined()
    expect((await f(table(2, 40)))[0].shape).toEqual([2, 8])
    await f.release()
  })
})
