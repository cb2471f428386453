import { localChatModel, pointwiseJudge } from '@prefkit/judges'
import { ratingFormat } from '@prefkit/rubrics'
import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { judgeScoreReward } from './judge-score-reward'

/** A model that rates by the number of exclamation marks in the response, and cannot say what it thinks of a question. */
const chat = localChatModel({
  name: 'counts',
  generate: async (messages) => {
    const asked = messages.map(({ content }) => content).join('\n')
    const marks = asked.match(/!/g)?.length ?? 0
    const text = asked.includes('Because?') ? 'Who knows.' : `It is emphatic.\n${1 + marks}`
    return { text, promptTokens: 7, completionTokens: 5 }
  },
  nextTokenLogprobs: () => new Float32Array(),
  tokenize: () => [],
})
const judge = pointwiseJudge(chat, ratingFormat())

describe('judgeScoreReward', () => {
  it('is the score on the scale, from 0 to 1', async () => {
    const rollouts = ['Because.', 'Because!!!', 'Because?'].map((text) => rolloutOf(text))
    const { scores, metrics } = await judgeScoreReward({ judge }).score(rollouts)
    expect(scores).toEqual([0, 3 / 9, Number.NaN])
    expect(metrics).toEqual({ failed: 0, unread: 1 / 3, calls: 3, prompt_tokens: 21, completion_tokens: 15 })
  })

  it('shows the judge a reference of the row, and says where one is missing', async () => {
    const reward = judgeScoreReward({ judge, reference: 'solution' })
    const { scores } = await reward.score([rolloutOf('Because.', { fields: { solution: 'So!!' } })])
    expect(scores).toEqual([2 / 9])
    await expect(reward.score([rolloutOf('Because.', { fields: { other: 1 } })])).rejects.toThrow(
      'judge: prompt p has no field "solution", which this reward reads; it has other',
    )
  })

  it('refuses a scale without ends', () => {
    expect(() => judgeScoreReward({ judge, scale: { min: 1, max: 1 } })).toThrow(
      'judge: scale: expected numbers with min < max, got 1 to 1',
    )
  })
})
