import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { scoreRollouts } from './score-rollouts'
import type { PairwiseScorer, ResponsePair } from './scorers'
import { winProbabilityReward } from './win-probability-reward'

/** Longer is better, and so is what is shown first, by as much as is said. */
function longerWins(bias: number) {
  const calls: (readonly ResponsePair[])[] = []
  const scorer: PairwiseScorer = {
    firstWins: async (pairs) => {
      calls.push(pairs)
      return pairs.map(({ first, second }) => (first.text.length > second.text.length ? 0.8 : 0.2) + bias)
    },
  }
  return { scorer, calls }
}

const prompt = {
  ...{ id: 'q', text: 'Why?', tokens: [1] },
  anchors: [
    { text: 'four', tokens: [1] },
    { text: 'sevenly', tokens: [2] },
  ],
}
const rollouts = ['one', 'fivee', 'nine long'].map((text, sample) => rolloutOf(text, { prompt, sample }))

describe('winProbabilityReward', () => {
  it('is the mean over both orders, and over anchors, in which a bias for a place cancels', async () => {
    const { scorer, calls } = longerWins(0.1)
    const { scores, metrics } = await winProbabilityReward({ scorer }).score(rollouts)
    expect(Array.from(scores, (score) => score.toFixed(12))).toEqual(
      [0.2, 0.5, 0.8].map((score) => score.toFixed(12)),
    )
    expect(metrics!.position_gap).toBeCloseTo(0.2, 12)
    expect(metrics!.position_bias).toBeCloseTo(0.2, 12)
    expect(calls).toHaveLength(1)
    expect(calls[0]).toHaveLength(3 * 2 * 2)
    expect(calls[0]![0]).toMatchObject({ first: { text: 'one' }, second: { text: 'four' } })
    expect(calls[0]![1]).toMatchObject({ first: { text: 'four' }, second: { text: 'one' } })
  })

  it('takes the smallest over anchors where it is told so', async () => {
    const { scorer } = longerWins(0)
    const { scores, metrics } = await winProbabilityReward({ scorer, anchors: 'min' }).score(rollouts)
    expect(Array.from(scores, (score) => Math.round(100 * score))).toEqual([20, 20, 80])
    expect(metrics!.position_gap).toBeCloseTo(0, 12)
  })

  it('refuses prompts without anchors, and scorers that lose pairs, by its name', async () => {
    const { scorer } = longerWins(0)
    const reward = winProbabilityReward({ scorer, name: 'beats' })
    await expect(scoreRollouts([reward], [rolloutOf('a')])).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringMatching(/^rewards: beats: prompt p has no anchors/),
    })
    const lossy = winProbabilityReward({ scorer: { firstWins: async () => [0.5] } })
    await expect(lossy.score(rollouts)).rejects.toThrow(
      'winProbability: its scorer gave 1 probabilities of 12 pairs',
    )
  })
})
