import { expect, it } from 'vitest'
import { storyConfig } from '../testing/make-stage'
import type { RunFacts } from './run-facts'
import { stageMemory } from './stage-memory'

const parameters = 1e8

/** Of the facts memory depends on those of the model alone. */
const facts = {
  parameters,
  model: {
    ...{ family: 'llama', numHiddenLayers: 2, vocabSize: 100, hiddenSize: 8, intermediateSize: 16 },
    ...{ numAttentionHeads: 1, numKeyValueHeads: 1, headDim: 8 },
  },
} as unknown as RunFacts

const work = { steps: 1, responses: 1, drawn: 10, scored: 10, learnt: 10, longest: 10, notes: [] }

const memoryOf = (rewardModel: object): number => {
  const config = storyConfig({
    model: { lora: {} },
    prompts: { files: 'prompts.jsonl' },
    comparisons: { source: 'human', files: 'pairs.jsonl' },
    rewardModel: { kind: 'scalar', ...rewardModel },
    policy: { algorithm: 'rloo', rewards: [{ type: 'score' }] },
  })
  return stageMemory('policy', work, config, facts)
}

it('counts weights once that the reward model has in common with the policy', () => {
  const shared = memoryOf({})
  expect(memoryOf({ lora: { rank: 4 } })).toBe(shared)
  const more = memoryOf({ model: 'another' }) - shared
  expect(more / (4 * parameters)).toBeGreaterThan(1)
  expect(more / (4 * parameters)).toBeLessThan(1.3)
})
