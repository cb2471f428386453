import { expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { againstEachOther } from './against-each-other'
import { pairwiseFromPointwise } from './scorers'
import { winProbabilityReward } from './win-probability-reward'

const scorer = pairwiseFromPointwise({
  scores: async (responses) => responses.map(({ response }) => response.text.length),
})

it('compares two responses with each other, and no anchors', async () => {
  const rollouts = ['a', 'bcd', 'efgh', 'ij'].map((text, i) => rolloutOf(text, { sample: i % 2 }))
  const reward = againstEachOther({ ...winProbabilityReward({ scorer }), weight: 2 })
  expect(reward).toMatchObject({ name: 'winProbability', weight: 2 })
  const { scores, metrics } = await reward.score(rollouts)
  const wins = 1 / (1 + Math.exp(-2))
  const expected = [1 - wins, wins, wins, 1 - wins]
  scores.forEach((each, i) => {
    expect(each).toBeCloseTo(expected[i]!, 12)
  })
  expect(metrics).toHaveProperty('position_gap')
})
