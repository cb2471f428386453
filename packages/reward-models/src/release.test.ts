import { describe, expect, it } from 'vitest'
import { crossValidate, groupFolds } from './cross-validate'
import { fitRewardModel, trainRewardModel } from './fit-reward-model'
import { createNetwork } from './mlp/network'
import { resolveOptions } from './options'
import { createScorer, scoreFeatures } from './reward-model'
import { countingBackend } from './testing/counting-backend'
import { drawPairs } from './testing/draw-pairs'

const data = drawPairs({ pairs: 30, columns: 2, seed: 1 })
const options = { hidden: [2], epochs: 2, batchSize: 8 }

describe('what was compiled is released', () => {
  it('after a training', async () => {
    const { backend, counts } = countingBackend()
    await trainRewardModel(data, options, { backend })
    expect(counts.compiled).toBeGreaterThan(0)
    expect(counts.open).toBe(0)
  })

  it('after a training that nobody followed to its end, or that failed', async () => {
    const { backend, counts } = countingBackend()
    for await (const { record } of fitRewardModel(data, options, { backend })) if (record.step === 2) break
    expect(counts).toEqual({ compiled: 1, open: 0 })
    const failing = trainRewardModel(data, { ...options, learningRate: 1e38 }, { backend })
    await expect(failing).rejects.toMatchObject({ code: 'DIVERGED' })
    expect(counts.compiled).toBeGreaterThan(1)
    expect(counts.open).toBe(0)
  })

  it('but not the network that a training was given, which serves the next one as it is', async () => {
    const { backend, counts } = countingBackend()
    const network = createNetwork(resolveOptions(options), backend)
    await trainRewardModel(data, options, { network })
    const { compiled } = counts
    await trainRewardModel(data, { ...options, seed: 1 }, { network })
    expect(counts).toEqual({ compiled, open: compiled })
    await network.release()
    expect(counts.open).toBe(0)
  })

  it('after scoring, also where it fails', async () => {
    const { backend, counts } = countingBackend()
    const model = await trainRewardModel(data, options)
    await scoreFeatures(model, data.features, { backend })
    expect(counts).toEqual({ compiled: 1, open: 0 })
    const wide = { data: new Float32Array(3), rows: 1, columns: 3 }
    await expect(scoreFeatures(model, wide, { backend })).rejects.toMatchObject({
      code: 'DIMENSION_MISMATCH',
    })
    expect(counts.open).toBe(0)
  })

  it('by a scorer when it is asked to, and compiled once until then', async () => {
    const { backend, counts } = countingBackend()
    const model = await trainRewardModel(data, { ...options, members: 2 })
    const scorer = createScorer(model, { backend, combine: 'min' })
    expect(counts.compiled).toBe(0)
    const scores = await scorer.score(data.features)
    expect(await scorer.score(data.features)).toEqual(scores)
    const once = await scoreFeatures(model, data.features, { combine: 'min', backend: 'reference' })
    expect(scores).toEqual(once)
    expect(counts).toEqual({ compiled: 1, open: 1 })
    await scorer.release()
    expect(counts.open).toBe(0)
  })

  it('after a cross-validation whose folds share it, to its end or not', async () => {
    const { backend, counts } = countingBackend()
    const folds = groupFolds(data.groups!, 3)
    for await (const _ of crossValidate(data, folds, options, { backend })) break
    const { compiled, open } = counts
    expect(open).toBe(0)
    for await (const _ of crossValidate(data, folds, options, { backend })) expect(counts.open).toBe(compiled)
    expect(counts).toEqual({ compiled: 2 * compiled, open: 0 })
  })
})
