import { expect, it } from 'vitest'
import { runStages } from './run-stages'
import { plannedStages } from './stage-sections'
import { storyConfig } from './testing/make-stage'

it('names the stages as they name themselves, in their order', () => {
  const files = 'there-already.jsonl'
  const config = storyConfig({
    ...{ prompts: { files }, sft: { files }, comparisons: { source: 'human', files } },
    ...{ rewardModel: { kind: 'pairwise' }, anchors: { n: 1 }, judge: { sft: { files: [files] } } },
    policy: { algorithm: 'ppo', value: 'distilled', rewards: [{ type: 'winProbability' }] },
  })
  const names = runStages(config).map(({ name }) => name)
  expect(names).toHaveLength(10)
  expect(plannedStages(config)).toEqual(names)
  const { policy: _, ...rest } = config
  expect(plannedStages(rest)).toEqual(names.slice(0, 6))
})
