import { type DeviceMemory, readTree, releaseTree, Tensor, tensor, treeMap } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { fitRewardModel, type TrainingProgress, trainRewardModel } from './fit-reward-model'
import type { MlpOptions } from './mlp/mlp-options'
import { createNetwork, type Network } from './mlp/network'
import { resolveOptions } from './options'
import { mirrorPairs, type PairData } from './pair-data'
import { type RewardModel, scoreFeatures } from './reward-model'
import { drawPairs } from './testing/draw-pairs'

const options = { hidden: [8], epochs: 6, batchSize: 64, learningRate: 1e-2 }
const run = async (data: PairData, options: Partial<MlpOptions>, settings = {}) => {
  const steps: TrainingProgress<'mlp'>[] = []
  const onProgress = (step: TrainingProgress<'mlp'>) => steps.push(step)
  return { model: await trainRewardModel(data, options, { onProgress, ...settings }), steps }
}

async function accuracyOf(model: RewardModel, data: PairData): Promise<number> {
  const scores = await scoreFeatures(model, data.features)
  const ahead = data.chosen.filter((row, i) => scores[row]! > scores[data.rejected[i]!]!)
  return ahead.length / data.chosen.length
}

const numbers = (model: RewardModel<'mlp'>) =>
  model.members.map(({ layers }) => layers.map(({ weight, bias }) => [[...weight.data], [...bias!.data]]))

describe('trainRewardModel', () => {
  it.each(['bt', 'clf'] as const)('%s learns the order of a linear reward', async (objective) => {
    const data = drawPairs({ pairs: 1000, columns: 6, seed: 1 })
    const { model, steps } = await run(data, { ...options, epochs: 30, objective })
    // Pairs it has not seen, ordered by the same reward; 0.95 leaves room for those whose rewards all but tie.
    const fresh = drawPairs({ pairs: 1000, columns: 6, seed: 2, truth: 1 })
    expect(await accuracyOf(model, fresh)).toBeGreaterThan(0.95)
    const other = drawPairs({ pairs: 1000, columns: 6, seed: 2 })
    expect(await accuracyOf(model, other)).toBeLessThan(0.95)
    expect(steps.at(-1)!.record.loss).toBeLessThan(steps[0]!.record.loss)
    expect(steps.at(-1)!.record.eval_accuracy).toBeGreaterThan(0.9)
  })

  it('draws the same loss curve on gpu.js as on ONNX Runtime', async () => {
    const data = drawPairs({ pairs: 400, columns: 12, seed: 3, flipped: 0.1 })
    const deep = { ...options, hidden: [32, 16], epochs: 8, weightDecay: 0.01 }
    const [native, gpu] = await Promise.all(
      (['native', 'gpu-webasm'] as const).map(async (backend) => (await run(data, deep, { backend })).steps),
    )
    expect(gpu!.length).toBe(native!.length)
    // Sums in f32 in another order: 1e-7 a step, which 48 steps of Adam amplify to some 1e-6.
    native!.forEach(({ record }, i) => {
      const other = gpu![i]!.record
      expect(Math.abs(other.loss - record.loss)).toBeLessThan(2e-5 * Math.abs(record.loss))
      expect(other.accuracy).toBe(record.accuracy)
    })
    const [first, last] = [gpu![0]!.record.loss, gpu!.at(-1)!.record.loss]
    expect(last).toBeLessThan(first)
  })

  it('is at chance on labels that say nothing', async () => {
    const data = drawPairs({ pairs: 2000, columns: 6, seed: 2, flipped: 0.5 })
    const { model } = await run(data, { ...options, epochs: 30 })
    const fresh = drawPairs({ pairs: 2000, columns: 6, seed: 3, flipped: 0.5 })
    // 4 standard errors of a fair coin over 2,000 pairs.
    expect(Math.abs((await accuracyOf(model, fresh)) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000))
  })

  it('repeats to the last bit, and differs with another seed', async () => {
    const data = drawPairs({ pairs: 300, columns: 4, seed: 1 })
    const [first, again, other] = await Promise.all([
      run(data, options),
      run(data, options),
      run(data, { ...options, seed: 1 }),
    ])
    expect(again.steps.map(({ record }) => record)).toEqual(first.steps.map(({ record }) => record))
    expect(numbers(again.model)).toEqual(numbers(first.model))
    expect(numbers(other.model)).not.toEqual(numbers(first.model))
  })

  it('goes on from any epoch as if it had never stopped, dropout and ensembles included', async () => {
    const data = drawPairs({ pairs: 200, columns: 4, seed: 5, flipped: 0.2 })
    const ensemble = { ...options, epochs: 3, members: 2, dropout: 0.3, weightDecay: 0.1 }
    const whole = await run(data, ensemble)
    const states = whole.steps.flatMap(({ state }, i) => (state ? [{ state, at: i + 1 }] : []))
    expect(states.length).toBe(6)
    for (const { state, at } of states) {
      const rest = await run(data, ensemble, { resume: state })
      expect(rest.steps.map(({ record }) => record)).toEqual(
        whole.steps.slice(at).map(({ record }) => record),
      )
      expect(numbers(rest.model)).toEqual(numbers(whole.model))
    }
  })

  it('stops early and keeps the weights of the best epoch, or the last ones', async () => {
    const data = drawPairs({ pairs: 60, columns: 20, seed: 7, flipped: 0.4 })
    const overfit = { ...options, hidden: [32], epochs: 60, patience: 3, learningRate: 0.03 }
    const best = await run(data, overfit)
    const last = await run(data, { ...overfit, keep: 'last' })
    const losses = best.steps.flatMap(({ record }) => record.eval_loss ?? [])
    expect(losses.length).toBeLessThan(60)
    expect(losses.indexOf(Math.min(...losses))).toBe(losses.length - 1 - 3)
    expect(numbers(best.model)).not.toEqual(numbers(last.model))
    const final = best.steps.at(-1)!.state!
    expect(final.current.best.epoch).toBe(losses.length - 3)
  })

  it('takes each pair once an epoch, the last batch being what is left', async () => {
    const data = drawPairs({ pairs: 150, columns: 3, seed: 1 })
    const { steps } = await run(data, { ...options, epochs: 2, validationFraction: 0 })
    expect(steps.map(({ record }) => record.epoch)).toEqual([1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2])
    expect(steps.map(({ record }) => record.step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(steps.map(({ record }) => 'eval_loss' in record)).not.toContain(true)
  })

  it('validates on the same figures whichever response of a pair comes first', async () => {
    const data = drawPairs({ pairs: 200, columns: 4, seed: 11 })
    const preference = data.chosen.map((_, i) => [1, 0.75, 0.5, 0.25][i % 4]!)
    const soft = { ...data, preference: Float32Array.from(preference) }
    const network = createNetwork(resolveOptions(options))
    const { params } = await network.begin(4, 0)
    const table = tensor(data.features.data, { shape: [data.features.rows, 4] })
    for (const pairs of [data, soft]) {
      const once = await network.evaluate(params, table, pairs)
      const both = await network.evaluate(params, table, mirrorPairs(pairs))
      expect(both!.accuracy).toBe(once!.accuracy)
      // Means of 200 and of 400 numbers of about 1, added in another order in f32.
      expect(Math.abs(both!.margin - once!.margin)).toBeLessThan(1e-6)
      expect(Math.abs(both!.loss - once!.loss)).toBeLessThan(1e-6)
    }
    expect((await network.evaluate(params, table, data))!.accuracy).not.toBe(0.5)
    const { steps } = await run(data, { ...options, epochs: 30, mirror: true })
    expect(steps.at(-1)!.record.eval_accuracy).toBeGreaterThan(0.9)
  })

  it('gives the same scores for features on any scale when it standardises', async () => {
    const data = drawPairs({ pairs: 300, columns: 4, seed: 9 })
    const { rows, columns } = data.features
    const scoresOf = async (hidden: readonly number[], change: (value: number, column: number) => number) => {
      const features = {
        data: data.features.data.map((value, i) => change(value, i % columns)),
        rows,
        columns,
      }
      const { model } = await run({ ...data, features }, { ...options, hidden })
      return scoreFeatures(model, features)
    }
    const plain = await scoresOf([8], (value) => value)
    // Powers of two change no digit: the trainings are the same to the last bit.
    expect(await scoresOf([8], (value, column) => value * 4 ** column)).toEqual(plain)
    // A shift of 3 on values of 1 costs two bits of f32, which a linear model does not amplify.
    const [linear, shifted] = [await scoresOf([], (x) => x), await scoresOf([], (x) => x + 3)]
    expect(Math.max(...linear.map((score, i) => Math.abs(score - shifted[i]!)))).toBeLessThan(1e-5)
  })

  it('learns from shares of votes, margins and mirrored pairs', async () => {
    const data = drawPairs({ pairs: 400, columns: 4, seed: 4 })
    const preference = new Float32Array(400).fill(0.8)
    const margin = new Float32Array(400).fill(0.5)
    const more = { ...options, epochs: 20 }
    const plain = await run(data, more)
    for (const other of [
      await run({ ...data, preference }, more),
      await run({ ...data, margin }, more),
      await run(data, { ...more, mirror: true, sampling: 'random' }),
    ]) {
      expect(await accuracyOf(other.model, data)).toBeGreaterThan(0.9)
      expect(numbers(other.model)).not.toEqual(numbers(plain.model))
    }
  })

  it('trains on one pair, and on one group, without holding any out', async () => {
    for (const data of [
      drawPairs({ pairs: 1, columns: 2, seed: 1 }),
      drawPairs({ pairs: 8, columns: 2, seed: 1, perGroup: 8 }),
    ]) {
      const { model, steps } = await run(data, options)
      expect(steps.length).toBe(6)
      expect(numbers(model).flat(4).every(Number.isFinite)).toBe(true)
    }
  })

  it('says when training diverges, at which step and what may help', async () => {
    const data = drawPairs({ pairs: 200, columns: 4, seed: 1 })
    await expect(run(data, { ...options, learningRate: 1e38 })).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(/is (NaN|-?Infinity) at step \d+; a lower learningRate \(now 1e\+38\)/),
    })
  })

  it.each(['bt', 'clf'] as const)('%s: notices that the last update diverged', async (objective) => {
    const data = drawPairs({ pairs: 20, columns: 2, seed: 1 })
    // One step: its loss is that of the weights before it. 1e39 is no f32.
    const last = { ...options, objective, epochs: 1, validationFraction: 0, learningRate: 1e39 }
    await expect(run(data, last)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(/^a weight is (NaN|-?Infinity) at step 1; a lower learningRate/),
    })
  })

  it('refuses bad pairs and options before it trains', async () => {
    const data = drawPairs({ pairs: 4, columns: 2, seed: 1 })
    await expect(fitRewardModel(data, { epochs: 0 }).next()).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const bad = { ...data, chosen: new Int32Array(0), rejected: new Int32Array(0), groups: undefined }
    await expect(fitRewardModel(bad).next()).rejects.toMatchObject({ code: 'EMPTY' })
  })
})

/** A network whose steps leave weights and state on a device, and use up those they are given; and what is there. */
function networkOnDevice(options: Partial<MlpOptions>) {
  const live = new Set<DeviceMemory>()
  const put = (tensor: Tensor): Tensor => {
    const memory: DeviceMemory = {
      place: 'a device',
      gone: undefined,
      read: async () => tensor.data,
      release: () => live.delete(memory),
    }
    live.add(memory)
    return Tensor.onDevice(memory, tensor.dims, tensor.dtype)
  }
  const inner = createNetwork(resolveOptions(options), 'reference')
  const network: Network = {
    ...inner,
    async step(given, ...others) {
      const { optimization, metrics } = await inner.step(await readTree(given), ...others)
      releaseTree(given)
      return { optimization: treeMap(put, optimization), metrics }
    },
  }
  return { network, live }
}

describe('what training leaves on a device is freed', () => {
  const data = drawPairs({ pairs: 40, columns: 2, seed: 1 })
  const small = { hidden: [2], epochs: 2, batchSize: 8 }

  it('at its end', async () => {
    const { network, live } = networkOnDevice(small)
    await trainRewardModel(data, small, { network })
    expect(live.size).toBe(0)
  })

  it('when the caller has had enough, in the middle of an epoch', async () => {
    const { network, live } = networkOnDevice(small)
    for await (const { record } of fitRewardModel(data, small, { network })) {
      expect(live.size).toBeGreaterThan(0)
      if (record.step === 2) break
    }
    expect(live.size).toBe(0)
  })

  it('when it diverges', async () => {
    const diverging = { ...small, learningRate: 1e38 }
    const { network, live } = networkOnDevice(diverging)
    await expect(trainRewardModel(data, diverging, { network })).rejects.toMatchObject({ code: 'DIVERGED' })
    expect(live.size).toBe(0)
  })

  it('when onProgress throws', async () => {
    const { network, live } = networkOnDevice(small)
    const onProgress = () => {
      throw new Error('told to fail')
    }
    await expect(trainRewardModel(data, small, { network, onProgress })).rejects.toThrow('told to fail')
    expect(live.size).toBe(0)
  })
})
