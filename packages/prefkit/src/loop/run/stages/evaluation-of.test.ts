import { expect, it } from 'vitest'
import { rolloutOf } from '../../testing/rollout-of'
import { storyConfig } from '../testing/make-stage'
import { evaluationOf } from './evaluation-of'
import { runScope } from './rewards/run-scope'

it('weighs nothing that only measures, whatever else there is', async () => {
  const config = storyConfig({
    prompts: { files: 'there-already.jsonl' },
    comparisons: { source: 'human', files: 'there-already.jsonl' },
    policy: { algorithm: 'preferences' },
    evaluation: { golden: { type: 'lexicon', plus: ['happy'] } },
  })
  const scope = runScope(config, { path: '', results: new Map() })
  const evaluation = await evaluationOf(config, [rolloutOf('x').prompt], [], scope)
  expect(evaluation!.rewards.map(({ name, weight }) => [name, weight])).toEqual([['golden', 0]])
})
