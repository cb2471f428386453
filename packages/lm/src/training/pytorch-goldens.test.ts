import { adamW, chain, clipByGlobalNorm } from '@prefkit/nn'
import type { Tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { sftLoss } from './sft-loss'
import { dataOf, type GoldenSteps, goldenAdapter, goldenModel, goldenTraining } from './testing/golden-runs'
import { trainedModel } from './trained-model'
import { createTrainer, type Trainer } from './trainer'

const { batches, runs } = goldenTraining()

/** PyTorch's of the goldens. */
const optimizer = (learningRate: Tensor) => chain(clipByGlobalNorm(1), adamW({ learningRate }))

async function trainerOf({ model: name, kind, adapter }: (typeof runs)[number]): Promise<Trainer> {
  const model = await goldenModel(name)
  const change = adapter ? await goldenAdapter(adapter.initial, model) : undefined
  const kindOptions = change ? { lora: change.lora, initial: change.weights } : {}
  expect(kind).toBe(change ? 'lora' : 'full')
  return createTrainer(trainedModel(model.config, model.weights, kindOptions), { optimizer })
}

/**
 * Both sides are f32, and round each product and sum otherwise: 1e-7 a step, which training carries on. Measured: up to 4e-5 of
 * a norm, where 20 steps of all weights take the loss from 1.2 to 0.003.
 */
const near = (got: number, want: number) =>
  expect(Math.abs(got - want), `${got} against ${want}`).toBeLessThan(5e-5 * Math.abs(want) + 1e-7)

function expectParameters(trainer: Trainer, { parameters, learningRate }: GoldenSteps) {
  expect(Object.keys(parameters).length).toBeGreaterThan(0)
  for (const [name, { at, values }] of Object.entries(parameters)) {
    const { data } = trainer.trained[name.replace(/^base_model\.model\./, '')]!
    // Adam divides by the root of squared gradients, so rounding moves weights by shares of the learning rate.
    at.forEach((place, i) => {
      expect(Math.abs(data[place]! - values[i]!), name).toBeLessThan(learningRate / 100)
    })
  }
}

describe.each(runs)('$name', (run) => {
  it('learns step by step as PyTorch does, at once', async () => {
    const trainer = await trainerOf(run)
    for (let step = 0; step < run.steps; step++) {
      const data = dataOf(batches[run.model]![step % 2]!)
      const { learningRate } = run
      const report = await trainer.step(data, sftLoss, { seed: 0, step }, { learningRate })
      near(report.loss, run.losses[step]!)
      near(report.gradNorm, run.gradientNorms[step]!)
    }
    expectParameters(trainer, run)
    await trainer.release()
  })

  it('learns so row by row too', async () => {
    const trainer = await trainerOf(run)
    for (let step = 0; step < run.steps; step++) {
      const data = dataOf(batches[run.model]![step % 2]!)
      const longest = Math.max(...data.map(({ tokens }) => tokens.length))
      const options = { microBatchTokens: longest }
      const report = await trainer.accumulate(data, sftLoss, { seed: 0, step }, options)
      near(report.loss, run.losses[step]!)
      near(await trainer.update(run.learningRate), run.gradientNorms[step]!)
    }
    expectParameters(trainer, run)
    await trainer.release()
  })
})
