import { localChatModel, pointwiseJudge, type ScoreJudgement } from '@prefkit/judges'
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
const usage = { calls: 1, cachedCalls: 0, promptTokens: 1, completionTokens: 1 }

/** Says the same of whatever it is asked about. */
const judgeOf = (said: Pick<ScoreJudgement, 'criteria' | 'score'>) => ({
  score: async (): Promise<ScoreJudgement> => ({ readings: [], provenance: 'parsed', usage, ...said }),
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
      'criteria/kind_words': 2.25 / 3,
      'criteria/depth': 0,
      'criteria/short': 2 / 3,
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
    expect(metrics).toEqual({ 'criteria/short': 2 / 3 })
  })

  it('refuses rubrics that nobody scores', () => {
    expect(() => rubricReward({ rubrics })).toThrow('rubric: judge: expected one, as Kind words has no check')
    expect(() => rubricReward({ rubrics: [] })).toThrow('rubric: rubrics: expected at least one, got none')
  })

  it('refuses criteria that nothing would tell apart, and weights that add up to none', () => {
    const judge = judgeOf({})
    const [kind] = rubrics as readonly [Rubric]
    const made = (own: readonly Rubric[]) => () => rubricReward({ rubrics: own, judge })
    expect(made([kind, { ...kind, name: 'kind-words' }])).toThrow(
      'rubric: rubrics: expected names that differ, got "kind-words" twice',
    )
    expect(made([{ ...kind, weight: 0 }])).toThrow('expected a weight above 0 of one that a judge scores')
    expect(made([{ ...kind, weight: Number.NaN }])).toThrow(
      'Kind words: weight: expected a number of at least 0',
    )
    expect(() => rubricReward({ rubrics, judge, overallWeight: -1 })).toThrow(
      'overallWeight: expected a number',
    )
  })

  it('counts the score of the whole as a criterion where it has a weight', async () => {
    const judge = judgeOf({
      criteria: [
        { name: 'kind words', score: 5 },
        { name: 'Depth', score: 1 },
      ],
      score: 3,
    })
    const { scores, metrics } = await rubricReward({
      ...{ rubrics: rubrics.slice(0, 2), judge, overallWeight: 4, scale },
    }).score(rollouts.slice(0, 1))
    expect(scores).toEqual([(3 * 1 + 1 * 0 + 4 * 0.5) / 8])
    expect(metrics).toMatchObject({ 'criteria/kind_words': 1, 'criteria/depth': 0, 'criteria/overall': 0.5 })
    // A criterion of the judge's own has no name that is known beforehand: the score of the whole is all there is.
    const alone = rubricReward({ rubrics: [], judge, overallWeight: 1, scale })
    expect((await alone.score(rollouts.slice(0, 1))).scores).toEqual([0.5])
  })

  it('takes an answer without the score of a criterion for the others, or for none', async () => {
    const judge = judgeOf({ criteria: [{ name: 'Depth', score: 5 }], score: 2 })
    const options = { rubrics: rubrics.slice(0, 2), judge, scale }
    const others = await rubricReward(options).score(rollouts.slice(0, 1))
    expect([others.scores, others.metrics?.unread]).toEqual([[1], 0])
    const none = await rubricReward({ ...options, missing: 'unread' }).score(rollouts.slice(0, 1))
    expect([none.scores, none.metrics?.unread]).toEqual([[Number.NaN], 1])
    expect(none.metrics).toMatchObject({ 'criteria/depth': 1, failed: 0 })
  })
})
