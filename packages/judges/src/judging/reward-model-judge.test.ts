import { expect, test } from 'vitest'
import { rewardModelJudge } from './reward-model-judge'
import { pairOf } from './testing/scripted'

const lengths = (_: unknown, responses: readonly string[]) =>
  Float32Array.from(responses, (text) => text.length)

test('P(a) = σ((r_a − r_b) / T), and both rewards are read', async () => {
  const judgement = await rewardModelJudge(lengths, { name: 'length', temperature: 2 }).compare(
    pairOf('xxxx', 'x'),
  )
  expect(judgement.winProbability).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 14)
  expect(judgement).toMatchObject({
    verdict: 'a',
    provenance: 'scores',
    readings: [
      { response: 'a', score: 4 },
      { response: 'b', score: 1 },
    ],
    usage: { calls: 0 },
  })
})

test('it is asked once for both responses of a pair, with the prompt', async () => {
  const asked: unknown[] = []
  const judge = rewardModelJudge(
    async (prompt, responses) => {
      asked.push([prompt, responses])
      return [1, 1]
    },
    { name: 'constant' },
  )
  expect(await judge.compare(pairOf('x', 'y'))).toMatchObject({ verdict: 'tie', winProbability: 0.5 })
  expect(asked).toEqual([['Which?', ['x', 'y']]])
})

test('a single response has its reward for a score', async () => {
  expect(
    await rewardModelJudge(lengths, { name: 'length' }).score({ prompt: 'Q', response: 'xyz' }),
  ).toMatchObject({ score: 3 })
})

test('what is no finite reward for each response is refused', async () => {
  const judge = (rewards: unknown) =>
    rewardModelJudge(() => rewards as number[], { name: 'wrong' }).compare(pairOf('x', 'y'))
  await expect(judge([1])).rejects.toMatchObject({ code: 'LENGTH_MISMATCH', parameter: 'score' })
  await expect(judge(undefined)).rejects.toMatchObject({ code: 'LENGTH_MISMATCH' })
  await expect(judge([1, Number.NaN])).rejects.toMatchObject({ code: 'NOT_FINITE', parameter: 'score[1]' })
  expect(() => rewardModelJudge(lengths, { name: 'length', temperature: 0 })).toThrow(/temperature is 0/)
})

test('a name is asked for: two models under a name of their kind would share a journal', () => {
  // @ts-expect-error a name is required
  expect(() => rewardModelJudge(lengths)).toThrow(/options is undefined/)
  // @ts-expect-error a name is required
  expect(() => rewardModelJudge(lengths, { identity: { model: 'a' } })).toThrow(/name is undefined/)
  const [x, y] = ['x', 'y'].map((name) => rewardModelJudge(lengths, { name }).identity)
  expect(x).not.toEqual(y)
})

test('a rule is refused: a reward model would go by another one', async () => {
  const judge = rewardModelJudge(lengths, { name: 'length' })
  const refused = { code: 'INVALID_INPUT', parameter: 'rule' }
  await expect(judge.compare({ ...pairOf('x', 'y'), rule: 'The shorter.' })).rejects.toMatchObject(refused)
  const item = { prompt: 'Q', response: 'x', rule: 'The shorter.' }
  await expect(judge.score(item)).rejects.toMatchObject(refused)
})
