import { tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import type { Objective } from './common-options'
import { trainRewardModel } from './fit-reward-model'
import goldens from './goldens/training.json' with { type: 'json' }
import { createNetwork } from './mlp/network'
import { resolveOptions } from './options'
import { scoreFeatures } from './reward-model'

const features = {
  data: Float32Array.from(goldens.features.flat()),
  rows: goldens.features.length,
  columns: goldens.features[0]!.length,
}

describe('training agrees with PyTorch', () => {
  it.each(goldens.trainings.map((training) => [training.options.objective, training] as const))(
    '%s: 30 steps of AdamW',
    async (objective, { options: given, hasPreference, layers, losses, rewards }) => {
      const options = {
        ...given,
        objective: objective as Objective,
        hidden: goldens.hidden,
        epochs: losses.length,
        batchSize: goldens.chosen.length,
        validationFraction: 0,
        standardize: false,
      }
      const network = createNetwork(resolveOptions(options))
      const begun = await network.begin(features.columns, 0)
      const params = {
        layers: layers.map(({ weight, bias }) => ({ weight: tensor(weight), bias: tensor(bias) })),
      }
      const start = { epoch: 0, step: 0, losses: [], best: { epoch: 0, params } }
      const found: number[] = []
      const model = await trainRewardModel(
        {
          features,
          chosen: Int32Array.from(goldens.chosen),
          rejected: Int32Array.from(goldens.rejected),
          ...(hasPreference && { preference: Float32Array.from(goldens.preference) }),
        },
        options,
        {
          network,
          resume: { finished: [], current: { ...start, optimization: { ...begun, params } } },
          onProgress: ({ record }) => found.push(record.loss),
        },
      )
      const scores = await scoreFeatures(model, features)
      const furthest = (a: readonly number[], b: readonly number[]) =>
        Math.max(...b.map((value, i) => Math.abs(value - a[i]!)))
      // Bradley–Terry says nothing of the origin: PyTorch's is arbitrary, ours the mean over the training responses,
      // which are all there are.
      const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length
      const expected = objective === 'bt' ? rewards.map((value) => value - mean) : rewards
      // PyTorch ran in f64; 30 steps in f32 leave a few units in the last place of values near 1.
      expect(furthest(found, losses)).toBeLessThan(1e-6)
      expect(furthest([...scores], expected)).toBeLessThan(5e-6)
    },
  )
})
