import { adamW, chain, clipByGlobalNorm } from '@prefkit/nn'
import { div, mul, randomKey, reduceSum, reshape, softplus, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import type { Datum } from '../training/datum'
import type { LossFunction } from '../training/loss'
import { dataOf, goldenModel, goldenTraining } from '../training/testing/golden-runs'
import { trainedModel } from '../training/trained-model'
import { createTrainer } from '../training/trainer'
import { initRewardHead, rewardHeadName } from './reward-head'
import { initValueHead, valueHeadNames } from './value-head'

const { rewards, values } = goldenTraining()

/** Two passes in f32 that sum in other orders. */
const near = (got: number, want: number, tolerance: number) =>
  expect(Math.abs(got - want), `${got} against ${want}`).toBeLessThan(tolerance * (1 + Math.abs(want)))

/** Mean over pairs of −ln σ(reward of the first − reward of the second). */
const bradleyTerry: LossFunction = ({ rewards: all, totals }) => {
  const pairs = reshape(all!, [-1, 2])
  const margins = reduceSum(mul(pairs, [1, -1]), { axis: 1 })
  return { loss: div(reduceSum(softplus(mul(-1, margins))), div(totals.rows, 2)) }
}

describe.each(rewards)('$name', (run) => {
  it('tells the rewards of transformers, and learns from pairs as PyTorch does', async () => {
    const model = await goldenModel(run.model)
    const initial = { [rewardHeadName]: tensor(run.scoreWeight.map((row) => [...row])) }
    const trained = trainedModel(model.config, model.weights, { head: 'reward', initial })
    const optimizer = (learningRate: Tensor) => chain(clipByGlobalNorm(1), adamW({ learningRate }))
    const trainer = createTrainer(trained, { optimizer })
    const [chosen, rejected] = [dataOf(run.chosen), dataOf(run.rejected)]
    for (const [side, data] of Object.entries({ chosen, rejected })) {
      const said = await trainer.evaluate(data, { microBatchTokens: 64 })
      const want = run.rewards[side as 'chosen' | 'rejected']
      said.forEach(({ reward }, i) => {
        near(reward!, want[i]!, 2e-6)
      })
    }
    const pairs: Datum[] = chosen.flatMap((datum, i) => [datum, rejected[i]!])
    for (let step = 0; step < run.steps; step++) {
      // The second step and those after it in parts: a pair stays together.
      const options = { groupSize: 2, microBatchTokens: step === 0 ? 2048 : 92 }
      const { loss } = await trainer.accumulate(pairs, bradleyTerry, { seed: 0, step }, options)
      near(loss, run.losses[step]!, 1e-5)
      near(await trainer.update(run.learningRate), run.gradientNorms[step]!, 1e-5)
    }
    for (const [name, { at, values: want }] of Object.entries(run.parameters)) {
      at.forEach((place, i) => {
        near(trainer.trained[name]!.data[place]!, want[i]!, run.learningRate / 100)
      })
    }
    await trainer.release()
  })
})

describe.each(values)('$name', (golden) => {
  it('tells the value of each state as PyTorch does', async () => {
    const model = await goldenModel(golden.model)
    const initial = {
      [valueHeadNames.weight]: tensor(golden.weight.map((row) => [...row])),
      [valueHeadNames.bias]: tensor([...golden.bias]),
    }
    const trained = trainedModel(model.config, model.weights, { head: 'value', initial })
    const trainer = createTrainer(trained, { optimizer: (learningRate) => adamW({ learningRate }) })
    // All tokens but the first are targets, and each is told from the state before it.
    const data = dataOf(golden).map(({ tokens, completionMask }) => ({
      tokens,
      completionMask: Array.from(completionMask, (_, i) => Number(i > 0)),
    }))
    const said = await trainer.evaluate(data, { microBatchTokens: 2048 })
    said.forEach(({ values: got }, row) => {
      expect(got!.length).toBe(data[row]!.tokens.length - 1)
      got!.forEach((value, i) => {
        near(value, golden.values[row]![i]!, 2e-6)
      })
    })
    await trainer.release()
  })
})

describe('heads', () => {
  it('are drawn from their key, in their ranges', async () => {
    const { config } = await goldenModel('llama')
    const value = initValueHead(config, randomKey(1))
    const bound = 1 / Math.sqrt(config.hiddenSize)
    expect(value[valueHeadNames.weight]!.shape).toEqual([1, config.hiddenSize])
    expect(value[valueHeadNames.bias]!.shape).toEqual([1])
    expect(value[valueHeadNames.weight]!.data.every((each) => Math.abs(each) <= bound)).toBe(true)
    const reward = (seed: number) => [...initRewardHead(config, randomKey(seed))[rewardHeadName]!.data]
    expect(reward(1)).toEqual(reward(1))
    expect(reward(1)).not.toEqual(reward(2))
  })
})
