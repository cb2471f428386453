import { localChatModel, pointwiseJudge } from '@prefkit/judges'
import { pointwiseFormat, type Rubric } from '@prefkit/rubrics'
import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { rubricReward } from './rubric-reward'

const scale = { min: 1, max: 5 }
const rubrics: readonly Rubric[] = [
  { name: 'Kind words', description: 'Is it kind?', scale, weight: 3 },
  { name: 'Depth', description: 'Does it say why?', scale },
  { name: 'Short', description: 'At most three words.', scale, check: 'is short' },
]
const checks = { 'is short': ({ response }: { response: string }) => response.split(' ').length <= 3 }

/** A model that finds what says please kind, and never any depth. */
const chat = localChatModel({
  name: 'kind',
  generate: async (messages) => {
    const asked = messages.map(({ content }) => content).join('\n')
    const kind = asked.includes('Please do') ? 5 : 2
    const scores = asked.includes('"name: score"') ? `Kind words: ${kind}\nDepth: 1\n` : ''
    const text = `<evaluation>As it is.</evaluation>\n${scores}<answer>${kind}</answer>`
    return { text, promptTokens: 1, completionTokens: 1 }
  },
  nextTokenLogprobs: () => new Float32Array(),
  tokenize: () => [],
})
const rollouts = ['Please do it', 'Do it', 'Please do it right now'].map((text) => rolloutOf(text))

describe('rubricReward', () => {
  it('aggregates the scores of criteria by weight, gated by what functions find', async () => {
    const judge = pointwiseJudge(
      chat,
      pointwiseFormat({ rubrics, generate: false, scale, criterionScores: true }),
    )
    const { scores, metrics } = await rubricReward({ rubrics, judge, checks }).score(rollouts)
    expect(scores).toEqual([(3 * 1 + 0) / 4, (3 * 0.25 + 0) / 4, 0])
    expect(metrics).toMatchObject({
      kind_words: 2.25 / 3,
      depth: 0,
      short: 2 / 3,
      failed: 0,
      unread: 0,
      calls: 3,
    })
  })

  it('takes the score of a judge that weighs the rubrics itself', async () => {
    const judge = pointwiseJudge(chat, pointwiseFormat({ rubrics, generate: false, scale }))
    const { scores } = await rubricReward({ rubrics, judge, checks, scale }).score(rollouts)
    expect(scores).toEqual([1, 0.25, 0])
  })

  it('needs no judge where functions verify everything', async () => {
    const { scores, metrics } = await rubricReward({ rubrics: rubrics.slice(2), checks }).score(rollouts)
    expect(scores).toEqual([1, 1, 0])
    expect(metrics).toEqual({ short: 2 / 3 })
  })

  it('refuses rubrics that nobody scores', () => {
    expect(() => rubricReward({ rubrics })).toThrow('rubric: judge: expected one, as Kind words has no check')
    expect(() => rubricReward({ rubrics: [] })).toThrow('rubric: rubrics: expected at least one, got none')
  })
})
