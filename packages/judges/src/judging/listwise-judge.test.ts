import { listwiseFormat, ratingFormat } from '@prefkit/rubrics'
import { expect, test } from 'vitest'
import { listwiseJudge } from './listwise-judge'
import { pointwiseJudge } from './pointwise-judge'
import { listFormat, pairOf, scriptedModel } from './testing/scripted'

const letters = 'ABCDEFGH'

const answer = (places: readonly number[]) => `<answer>${places.map((i) => letters[i]).join(' > ')}</answer>`

/** Puts longer responses first, whatever order they are shown in. */
const byLength = () =>
  scriptedModel(({ responses }) =>
    answer(responses.map((_, i) => i).sort((i, j) => responses[j]!.length - responses[i]!.length)),
  )

const list = { prompt: 'Q', responses: ['xx', 'xxxx', 'x', 'xxx'] }

test('responses are ranked as they were given, whatever order they were shown in', async () => {
  const judgement = await listwiseJudge(byLength().model, listFormat).rank(list)
  expect(judgement).toMatchObject({ ranking: [1, 3, 0, 2], meanRanks: [2, 0, 3, 1], usage: { calls: 2 } })
  expect(judgement.readings.map(({ shown }) => shown)).toEqual([
    [0, 1, 2, 3],
    [3, 2, 1, 0],
  ])
})

test('a preference for places alone leaves all mean ranks alike', async () => {
  const { model } = scriptedModel(({ responses }) => answer(responses.map((_, i) => i)))
  const { meanRanks } = await listwiseJudge(model, listFormat).rank(list)
  expect(meanRanks).toEqual([1.5, 1.5, 1.5, 1.5])
  const given = await listwiseJudge(model, listFormat, { orders: 'given' }).rank(list)
  expect(given.meanRanks).toEqual([0, 1, 2, 3])
  expect(await listwiseJudge(model, listFormat).compare(pairOf('x', 'y'))).toMatchObject({
    verdict: 'tie',
    winProbability: 0.5,
    consistent: false,
  })
})

test('pairs are lists of two', async () => {
  const judge = listwiseJudge(byLength().model, listFormat)
  expect(await judge.compare(pairOf('xx', 'xxx'))).toMatchObject({
    verdict: 'b',
    winProbability: 0,
    consistent: true,
  })
})

test('an order without a readable answer leaves no ranking, and its text stays', async () => {
  const { model } = scriptedModel(({ responses }) =>
    responses[0] === 'xx' ? answer([0, 1, 2, 3]) : 'All fine.',
  )
  const judgement = await listwiseJudge(model, listFormat).rank(list)
  expect(judgement).not.toHaveProperty('ranking')
  expect(judgement.readings[1]).toMatchObject({ text: 'All fine.', parse: 'missing' })
})

test('votes are averaged within each order', async () => {
  const { model } = scriptedModel(({ responses }, { sample }) => {
    const best = responses.indexOf('xxxx')
    const rest = responses.map((_, i) => i).filter((i) => i !== best)
    return answer(sample === 0 ? [best, ...rest] : [...rest, best])
  })
  const { meanRanks } = await listwiseJudge(model, listFormat, { votes: 4, temperature: 1 }).rank(list)
  expect(meanRanks![1]).toBe((0 + 3 * 3) / 4)
})

test('no responses are refused', async () => {
  const judge = listwiseJudge(byLength().model, listFormat)
  await expect(judge.rank({ prompt: 'Q', responses: [] })).rejects.toThrow(/responses is empty/)
})

test('the rule of a pair reaches the model, or is refused where the format has no place for it', async () => {
  const asked: string[] = []
  const model = {
    name: 'listening',
    identity: {},
    complete: async ({ messages }: { messages: readonly { content: string }[] }) => {
      asked.push(messages[0]!.content)
      const usage = { calls: 1, cachedCalls: 0, promptTokens: 1, completionTokens: 1 }
      return { text: '<answer>A > B</answer>', finishReason: 'stop', usage }
    },
  }
  const pair = { ...pairOf('x', 'y'), rule: 'The one with more vowels.' }
  await listwiseJudge(model, listwiseFormat()).compare(pair)
  await listwiseJudge(model, listwiseFormat()).rank({ prompt: 'Q', responses: ['x', 'y'], rule: pair.rule })
  expect(asked).toHaveLength(4)
  for (const text of asked) expect(text).toContain('Rule: The one with more vowels.')
  const refused = { code: 'INVALID_ITEM', parameter: 'rule' }
  await expect(pointwiseJudge(model, ratingFormat()).compare(pair)).rejects.toMatchObject(refused)
  expect(asked).toHaveLength(4)
})
