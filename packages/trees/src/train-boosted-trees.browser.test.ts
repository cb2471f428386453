/// <reference lib="dom" />
import { describe, expect, inject, it } from 'vitest'
import { predict, readModel, TreesError, trainBoostedTrees, writeModel } from './index'
import { browserData, browserParameters } from './testing/browser-case'

const isolated = inject('isolated')
const node = inject('node')

const train = async (threads?: number) =>
  writeModel(await trainBoostedTrees(browserData(), browserParameters, { threads }))

/** Trains in a worker, which may sleep while its threads work, as a page may not. */
const trainInWorker = (threads: number) =>
  new Promise<string>((resolve, reject) => {
    const worker = new Worker(new URL('./testing/train-in-worker.ts', import.meta.url), { type: 'module' })
    const end = (settle: () => void) => {
      worker.terminate()
      settle()
    }
    worker.onmessage = ({ data }: MessageEvent<string>) => end(() => resolve(data))
    worker.onerror = ({ message }) => end(() => reject(new Error(message)))
    worker.postMessage(threads)
  })

/** Refused with a reason. */
async function refusal(work: Promise<unknown>): Promise<TreesError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!TreesError.isInstance(error)) throw new Error(`expected a TreesError, got ${error}`)
  return error
}

describe(`trees in a page that is ${isolated ? '' : 'not '}isolated from other origins`, () => {
  it('shares memory only where it may', () => {
    expect(globalThis.crossOriginIsolated).toBe(isolated)
  })

  it('trains the model that Node trains, letter by letter', async () => {
    expect(node.model).toContain('Tree=11')
    expect(await train(1)).toBe(node.model)
    expect(await train()).toBe(node.model)
  })

  it.runIf(isolated)('trains the same model with several threads', async () => {
    expect(await train(2)).toBe(node.model)
    expect(await train(5)).toBe(node.model)
  })

  it('trains the same model in a worker', async () => {
    expect(await trainInWorker(1)).toBe(node.model)
    if (isolated) expect(await trainInWorker(3)).toBe(node.model)
  })

  it.runIf(!isolated)('says what several threads need', async () => {
    const { code, message } = await refusal(train(2))
    expect(code).toBe('UNSUPPORTED')
    expect(message).toContain('cross-origin isolated')
  })

  it('predicts what Node predicts with a model that Node has written', () => {
    const { features } = browserData()
    const model = readModel(node.model)
    expect(Array.from(predict(model, features, { type: 'raw' }))).toEqual(node.scores)
    // Engines of JavaScript round exponentials their own way, in the last bit.
    const apart = Array.from(predict(model, features), (p, row) => Math.abs(p / node.probabilities[row]! - 1))
    expect(apart).toHaveLength(node.probabilities.length)
    expect(Math.max(...apart)).toBeLessThan(1e-15)
  })
})
