import { expect, it } from 'vitest'
import { withoutLines } from './config/located-by'
import { parseRunConfig } from './config/run-config'
import { stepSizesOf } from './step-sizes'

it('knows the step sizes of a stage by their settings', () => {
  const settings = {
    model: { path: 'model.bin' },
    prompts: { files: ['prompts.jsonl'] },
    sft: { files: ['texts.jsonl'], learningRate: 0.5 },
    policy: {
      ...{ algorithm: 'ppo', learningRate: 0.25, criticLearningRate: 0.125 },
      rewards: [{ type: 'length', shape: 'perToken' }],
    },
  }
  const config = parseRunConfig(settings, withoutLines(settings, ''))
  expect(stepSizesOf(config, 'sft')).toEqual({ 'sft.learningRate': 0.5 })
  expect(stepSizesOf(config, 'policy')).toEqual({
    ...{ 'policy.learningRate': 0.25, 'policy.criticLearningRate': 0.125 },
  })
  expect(stepSizesOf(config, 'judge')).toEqual({})
  expect(stepSizesOf(config, 'evaluation')).toEqual({})
})
