import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChatRequest, localChatModel, pointwiseJudge } from '@prefkit/judges'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenReward } from '../../../rewards/golden-reward'
import { scoreRollouts } from '../../../rewards/score-rollouts'
import { rolloutOf } from '../../../testing/rollout-of'
import { type RewardConfig, reward as rewardSchema } from '../../config/sections/rewards'
import { openReward, openRewards } from './open-rewards'
import type { RewardScope } from './reward-scope'

let folder = ''
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-open-rewards-'))
})
afterAll(() => rm(folder, { recursive: true }))

const never = (): never => {
  throw new Error('not asked here')
}

/** A scope whose only judge writes what it is told to write, whatever it is asked; the questions are kept. */
function scopeOf(answer: (question: string) => string) {
  const questions: string[] = []
  const chat = localChatModel({
    name: 'scripted',
    generate: async (messages: ChatRequest['messages']) => {
      questions.push(messages.map(({ content }) => content).join('\n'))
      return { text: answer(questions.at(-1)!), promptTokens: 1, completionTokens: 1 }
    },
    nextTokenLogprobs: () => new Float32Array(),
    tokenize: () => [],
  })
  const scope: RewardScope = {
    placeOf: (path) => `run.yaml:3: ${path.join('.')}`,
    askedJudge: async (_, format) => pointwiseJudge(chat, format),
    ...{ pairwise: never, pointwise: never, pairJudge: never, scoringJudge: never, trainedJudge: never },
  }
  return { scope, questions }
}

const configOf = (own: object): RewardConfig =>
  rewardSchema.parse({ type: 'rubric', judge: 'openai:any', baseUrl: 'http://127.0.0.1:1/v1', ...own })

const criteria = [
  { name: 'Kindness', description: 'Is it kind?', weight: 3 },
  { name: 'Reasons', description: 'Does it say why?' },
]
const evaluated = (scores: string): string => `<evaluation>As it is.</evaluation>\n${scores}`
const rollouts = ['please', 'go'].map((text) => rolloutOf(text))

describe('a rubric', () => {
  it('is the mean of its criteria by their weights, each logged by itself', async () => {
    const { scope, questions } = scopeOf((question) =>
      evaluated(`Kindness: ${question.includes('please') ? 10 : 1}\nReasons: 1\n<answer>5</answer>`),
    )
    const [reward] = await openRewards([configOf({ criteria })], scope)
    const { metrics, rollouts: scored } = await scoreRollouts([reward!], rollouts)
    expect(scored.map((each) => each.reward)).toEqual([0.75, 0])
    expect(metrics).toMatchObject({
      ...{ 'rewards/rubric/criteria/kindness': 0.5, 'rewards/rubric/criteria/reasons': 0 },
      ...{ 'rewards/rubric/mean': 0.375, 'rewards/rubric/unread': 0 },
    })
    expect(questions[0]).toContain('Kindness (1 to 10): Is it kind?')
    expect(questions[0]).toContain('as "name: score": Kindness, Reasons')
    expect(questions[0]).not.toContain('<rubrics>')
  })

  it('takes criteria with their scale and weights from a file, or the primary one of a family', async () => {
    const scale = { min: 0, max: 4 }
    const [kind, reasons] = criteria.map((each) => ({ ...each, scale }))
    await writeFile(at('own.json'), JSON.stringify({ name: 'own', rubrics: [kind, reasons] }))
    const said = scopeOf(() => evaluated('Kindness: 4\nReasons: 0\n<answer>1</answer>'))
    const ofFile = await openReward(configOf({ rubrics: at('own.json') }), said.scope, ['r'])
    expect((await ofFile.score(rollouts)).scores).toEqual([0.75, 0.75])
    const math = scopeOf((question) => {
      const [, name] = /as "name: score": (.+)\.$/mu.exec(question)!
      return evaluated(`${name}: 10\n<answer>1</answer>`)
    })
    const ofFamily = await openReward(configOf({ family: 'math' }), math.scope, ['r'])
    expect((await ofFamily.score(rollouts)).scores).toEqual([1, 1])
    expect(math.questions[0]).toContain('Kind of task: math')
  })

  it('counts what the judge adds by its score of the whole', async () => {
    const answer = `<rubrics>\n1. Rhythm: does it sing?\n</rubrics>\n${evaluated('Kindness: 10\nReasons: 1\n<answer>10</answer>')}`
    const { scope, questions } = scopeOf(() => answer)
    const scoresOf = async (own: object) => {
      const reward = await openReward(configOf(own), scope, ['r'])
      return (await reward.score(rollouts.slice(0, 1))).scores[0]
    }
    expect(await scoresOf({ criteria, generate: [1, 2] })).toBe((3 * 1 + 1 * 0 + 1 * 1) / 5)
    expect(questions[0]).toContain('Write 1 to 2 further criteria')
    expect(await scoresOf({ criteria, generate: [1, 2], overallWeight: 0 })).toBe(0.75)
    // Generated only, as in the ablation of PaTaRM.
    expect(await scoresOf({ primary: false, generate: [1, 2] })).toBe(1)
  })

  it('has no score where one of a criterion is missing, and counts it', async () => {
    const { scope } = scopeOf((question) =>
      evaluated(
        question.includes('please')
          ? 'Kindness: 10\n<answer>9</answer>'
          : 'Kindness: 10\nReasons: 10\n<answer>9</answer>',
      ),
    )
    const reward = await openReward(configOf({ criteria }), scope, ['r'])
    const { scores, metrics } = await reward.score(rollouts)
    expect(scores).toEqual([Number.NaN, 1])
    expect(metrics).toMatchObject({ unread: 0.5, failed: 0, 'criteria/kindness': 1 })
  })

  it.each([
    [{ criteria, rubrics: 'own.json' }, 'criteria: stand beside a file of rubrics'],
    [{ primary: false }, 'primary: without it the judge writes the criteria: expected generate'],
    [{ primary: false, criteria, generate: [1, 2] }, 'primary: shows none of the criteria that are given'],
    [{ generate: [3, 1] }, /generate/],
    [{ criteria: [{ ...criteria[0], weight: 0 }] }, 'expected a weight above 0'],
    [{ criteria: [criteria[0], criteria[0]] }, /Kindness/],
  ])('refuses %j', async (own, message) => {
    await expect(openReward(configOf(own), scopeOf(never).scope, ['r'])).rejects.toThrow(message)
  })

  it('refuses a file of criteria that one prompt cannot ask for, or no judge', async () => {
    const [kind, reasons] = criteria.map((each) => ({ ...each, scale: { min: 0, max: 4 } }))
    const refused = async (rubrics: readonly object[]) => {
      await writeFile(at('bad.json'), JSON.stringify({ name: 'bad', rubrics }))
      return openReward(configOf({ rubrics: at('bad.json') }), scopeOf(never).scope, ['r'])
    }
    await expect(refused([kind!, { ...reasons, scale: { min: 1, max: 5 } }])).rejects.toThrow(
      'rubrics: expected one scale for all, got 0 to 4 for Kindness, and 1 to 5 for Reasons',
    )
    await expect(refused([kind!, { ...reasons, check: 'is short' }])).rejects.toThrow(
      'Reasons has a check, which is a function: take type: function',
    )
  })
})

it('tells of a function that throws by its name, its type, its place, and what it was given', async () => {
  await writeFile(
    at('rewards.mjs'),
    `export const polite = ({ fields }) => fields.missing
export const none = () => 0 / 0`,
  )
  const { scope } = scopeOf(never)
  const of = (exported: string) =>
    rewardSchema.parse({ type: 'function', module: at('rewards.mjs'), export: exported, stopProperly: 0.5 })
  const rewards = await openRewards([configOf({ criteria }), of('polite')], scope)
  const failed = await scoreRollouts(rewards.slice(1), rollouts).catch((error: Error) => error)
  expect(failed).toMatchObject({
    code: 'BAD_REWARD',
    message: expect.stringMatching(
      /^run\.yaml:3: policy\.rewards\.1: polite \(type function\): Cannot read .*missing.*; it was given the response "please" to prompt p, "Why\?"$/,
    ),
  })
  expect((failed as { cause: { cause: Error } }).cause.cause).toBeInstanceOf(TypeError)
  const none = goldenReward(await openReward(of('none'), scope, ['evaluation', 'golden']))
  await expect(scoreRollouts([none], rollouts)).rejects.toThrow(
    'run.yaml:3: evaluation.golden: golden (type function): expected a number, true, false, or nothing where there is no score, got NaN for the response "please"',
  )
})
