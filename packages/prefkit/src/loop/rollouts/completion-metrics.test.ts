import { expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { completionMetrics } from './completion-metrics'

it('tells the lengths of as many responses as there are', () => {
  const rollouts = Array(200_000).fill(rolloutOf('one word')).with(7, rolloutOf('three of them'))
  expect(completionMetrics([...rollouts, rolloutOf('one')])).toMatchObject({
    ...{ 'completions/min_length': 1, 'completions/max_length': 3, 'completions/clipped_ratio': 0 },
  })
})
