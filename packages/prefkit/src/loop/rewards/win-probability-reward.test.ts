import { describe, expect, it } from 'vitest'
import { winRateAgainst } from '../scorers/win-rate-against'
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

  it('leaves out anchors and responses that the scorer has no answer for, and says how many', async () => {
    const { scorer } = longerWins(0)
    const silent: PairwiseScorer = {
      async firstWins(pairs) {
        const wins = await scorer.firstWins(pairs)
        const isOpen = ({ first, second }: ResponsePair) =>
          second.text === 'one' || (first.text === 'fivee' && second.text === 'four')
        return pairs.map((pair, i) => (isOpen(pair) ? Number.NaN : wins[i]!))
      },
    }
    const reward = winProbabilityReward({ scorer: silent })
    const { scores, metrics } = await reward.score(rollouts)
    expect([scores[0], scores[1]!.toFixed(9), scores[2]!.toFixed(9)]).toEqual([
      Number.NaN,
      '0.200000000',
      '0.800000000',
    ])
    expect(metrics!.failed).toBe(0.5)
    expect(metrics!.position_gap).toBeCloseTo(0, 12)
    await expect(scoreRollouts([reward], rollouts.slice(0, 1))).rejects.toThrow(
      'rewards: none gave a score for any of 1 responses; winProbability: its scorer had no answer',
    )
    expect((await winProbabilityReward({ scorer }).score(rollouts)).metrics).not.toHaveProperty('failed')
    await expect(winRateAgainst(silent, rollouts.slice(0, 1))).rejects.toThrow(
      'winRateAgainst: scorer: expected an answer for one of 1 responses at least, got none',
    )
    expect(await winRateAgainst(silent, rollouts)).toBeCloseTo(0.5, 12)
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
