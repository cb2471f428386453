import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { pointwiseReward } from './pointwise-reward'
import type { PointwiseScorer } from './scorers'

const scorer: PointwiseScorer = {
  scores: async (responses) => responses.map(({ response }) => Number(response.text)),
}
const prompt = {
  ...{ id: 'q', text: 'Why?', tokens: [1] },
  anchors: [
    { text: '1', tokens: [1] },
    { text: '3', tokens: [2] },
  ],
}
const rollouts = ['0', '2', '40'].map((text, sample) => rolloutOf(text, { prompt, sample }))

describe('pointwiseReward', () => {
  it('is the score as it comes', async () => {
    expect(await pointwiseReward({ scorer }).score(rollouts)).toEqual({ scores: [0, 2, 40] })
  })

  it('is the probability of beating the anchors, bounded by a sigmoid against their mean', async () => {
    const { scores, metrics } = await pointwiseReward({
      scorer,
      bound: 'sigmoid',
      reference: 'anchors',
    }).score(rollouts)
    expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 14)
    expect(scores.slice(1)).toEqual([0.5, 1 / (1 + Math.exp(-38))])
    expect(metrics).toEqual({ unbounded_mean: 14 })
  })

  it('clips, after a reference', async () => {
    const clipped = pointwiseReward({ scorer, bound: 'clip', clip: 5, reference: 1 })
    expect((await clipped.score(rollouts)).scores).toEqual([-1, 1, 5])
  })

  it('refuses what makes no sense', async () => {
    expect(() => pointwiseReward({ scorer, clip: 0 })).toThrow(
      'score: clip: expected a number above 0, got 0',
    )
    expect(() => pointwiseReward({ scorer, reference: Number.NaN })).toThrow(
      'reference: expected a number or anchors',
    )
    const short = pointwiseReward({ scorer: { scores: async () => [] } })
    await expect(short.score(rollouts)).rejects.toThrow('gave 0 scores of 3 responses')
    const needs = pointwiseReward({ scorer, reference: 'anchors' })
    await expect(needs.score([rolloutOf('1')])).rejects.toThrow('score: prompt p has no anchors')
  })
})
