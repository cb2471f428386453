import { expect, test } from 'vitest'
import type { Judge } from '../judge'
import { functionJudge } from './function-judge'
import { listwiseJudge } from './listwise-judge'
import { rankResponses } from './rank-responses'
import { rewardModelJudge } from './reward-model-judge'
import { listFormat, scriptedModel } from './testing/scripted'

const byValue = functionJudge(({ a, b }) => 1 / (1 + Math.exp(Number(b) - Number(a))), {
  name: 'by value',
  orders: 'given',
})

const counting = (judge: Judge) => {
  let pairs = 0
  const compare: Judge['compare'] = (pair, call) => {
    pairs += 1
    return judge.compare(pair, call)
  }
  return { judge: { ...judge, compare }, count: () => pairs }
}

test('a round robin orders by mean win probability against the others', async () => {
  const { judge, count } = counting(byValue)
  const result = await rankResponses(judge, { prompt: 'Q', responses: ['2', '0', '1'] })
  expect(result).toMatchObject({
    ranking: [0, 2, 1],
    unranked: [],
    method: 'round-robin',
    pairs: 3,
    abstained: 0,
  })
  const win = (x: number) => 1 / (1 + Math.exp(-x))
  expect(result.scores[0]).toBeCloseTo((win(2) + win(1)) / 2, 14)
  expect(count()).toBe(3)
})

test('beyond the finalists a knock-out keeps the best at the top with far fewer pairs', async () => {
  const responses = Array.from({ length: 30 }, (_, i) => String((i * 7) % 30))
  const { judge, count } = counting(byValue)
  const result = await rankResponses(judge, { prompt: 'Q', responses })
  // 30 → 15 → 8 by 15 and 7 matches, then 28 among eight.
  expect(count()).toBe(15 + 7 + 28)
  expect(result).toMatchObject({ method: 'knockout', pairs: 50 })
  expect(responses[result.ranking[0]!]).toBe('29')
  expect([...result.ranking].sort((i, j) => i - j)).toEqual(responses.map((_, i) => i))
  expect(result.scores.filter((score) => score !== null)).toHaveLength(8)
})

test('a judge that scores is asked for scores, one that ranks for a ranking', async () => {
  const scorer = rewardModelJudge((_, responses) => responses.map(Number), { name: 'value' })
  const list = { prompt: 'Q', responses: ['2', '5', '3'] }
  expect(await rankResponses(scorer, list)).toMatchObject({
    ranking: [1, 2, 0],
    scores: [2, 5, 3],
    method: 'scores',
  })
  const { model } = scriptedModel(({ responses }) => {
    const order = responses.map((_, i) => i).sort((i, j) => Number(responses[j]) - Number(responses[i]))
    return `<answer>${order.map((i) => 'ABC'[i]).join(' > ')}</answer>`
  })
  expect(await rankResponses(listwiseJudge(model, listFormat), list)).toMatchObject({
    ranking: [1, 2, 0],
    scores: [-2, 0, -1],
    method: 'list',
  })
  expect(await rankResponses(scorer, list, { method: 'round-robin' })).toMatchObject({
    ranking: [1, 2, 0],
    pairs: 3,
  })
})

test('abstentions count for nobody, and who was in no decided pair is not ranked', async () => {
  const judge = functionJudge(({ a, b }) => (a === '?' || b === '?' ? undefined : a > b ? 'a' : 'b'), {
    name: 'larger',
  })
  const result = await rankResponses(judge, { prompt: 'Q', responses: ['1', '?', '2'] })
  expect(result).toMatchObject({ ranking: [2, 0], unranked: [1], scores: [0, null, 1], abstained: 2 })
})

test('one response needs no judge, none is refused', async () => {
  const never = functionJudge(
    () => {
      throw new Error('asked')
    },
    { name: 'never' },
  )
  expect(await rankResponses(never, { prompt: 'Q', responses: ['x'] })).toMatchObject({
    ranking: [0],
    pairs: 0,
  })
  await expect(rankResponses(never, { prompt: 'Q', responses: [] })).rejects.toThrow(/responses is empty/)
})

test('methods that the judge has not are refused', async () => {
  const list = { prompt: 'Q', responses: ['1', '2'] }
  await expect(rankResponses(byValue, list, { method: 'list' })).rejects.toThrow(/has no rank/)
  await expect(rankResponses(byValue, list, { method: 'scores' })).rejects.toThrow(/has no score/)
  await expect(rankResponses(byValue, list, { finalists: 1 })).rejects.toThrow(/finalists is 1/)
  await expect(rankResponses(byValue, list, { methods: 'list' } as object)).rejects.toThrow(
    /no option methods/,
  )
})

test('a single response is scored by who scores', async () => {
  const scorer = rewardModelJudge((_, responses) => responses.map(Number), { name: 'value' })
  expect(await rankResponses(scorer, { prompt: 'Q', responses: ['7'] })).toMatchObject({
    ranking: [0],
    scores: [7],
    method: 'scores',
  })
})

test('where one comparison fails the others are stopped, and none goes on afterwards', async () => {
  const ended: string[] = []
  const judge: Judge = {
    name: 'slow',
    identity: {},
    compare: ({ a, b }, { signal } = {}) =>
      a === '0' && b === '1'
        ? Promise.reject(new Error('down'))
        : new Promise((_, reject) => {
            signal!.addEventListener('abort', () => {
              setImmediate(() => {
                ended.push(`${a}-${b}`)
                reject(signal!.reason)
              })
            })
          }),
  }
  await expect(rankResponses(judge, { prompt: 'Q', responses: ['0', '1', '2'] })).rejects.toThrow('down')
  expect(ended.sort()).toEqual(['0-2', '1-2'])
})
