import type { ScoreAnswer } from '@prefkit/rubrics'
import { expect, test } from 'vitest'
import { pointwiseJudge } from './pointwise-judge'
import { pairOf, scoreFormat, scriptedModel } from './testing/scripted'

/** Scores the number that the response is, plus the sample's number. */
const grader = () =>
  scriptedModel(({ response }, { sample }) => `<answer>${Number(response) + (sample ?? 0)}</answer>`)

test('the score is the mean of the votes, each a sample and a seed of its own', async () => {
  const { model, requests } = grader()
  const judge = pointwiseJudge(model, scoreFormat, { votes: 3, temperature: 1, seed: 7 })
  const judgement = await judge.score({ prompt: 'Q', response: '4' })
  expect(judgement).toMatchObject({ score: 5, provenance: 'parsed', usage: { calls: 3 } })
  expect(requests.map(({ sample, seed }) => [sample, seed])).toEqual([
    [0, 7],
    [1, 8],
    [2, 9],
  ])
})

test('responses are compared by mean scores, equal ones a tie', async () => {
  const judge = pointwiseJudge(grader().model, scoreFormat)
  expect(await judge.compare(pairOf('7', '4'))).toMatchObject({ verdict: 'a', winProbability: 1 })
  expect(await judge.compare(pairOf('4', '7'))).toMatchObject({ verdict: 'b', winProbability: 0 })
  const tie = await judge.compare(pairOf('4', '4.0'))
  expect(tie).toMatchObject({ verdict: 'tie', winProbability: 0.5, usage: { calls: 2 } })
  expect(tie.readings.map(({ response, score }) => [response, score])).toEqual([
    ['a', 4],
    ['b', 4],
  ])
})

test('a temperature of scores makes a margin a probability', async () => {
  const judge = pointwiseJudge(grader().model, scoreFormat, { scoreTemperature: 2 })
  const { winProbability } = await judge.compare(pairOf('7', '4'))
  expect(winProbability).toBeCloseTo(1 / (1 + Math.exp(-3 / 2)), 14)
})

test('by pairs, the win probability is the share of pairs of votes', async () => {
  // Votes 5, 6, 7 against 6, 7, 8: one pair won, two tied, of nine.
  const judge = pointwiseJudge(grader().model, scoreFormat, { votes: 3, temperature: 1, compareBy: 'pairs' })
  const { winProbability } = await judge.compare(pairOf('5', '6'))
  expect(winProbability).toBeCloseTo((1 + 2 / 2) / 9, 14)
})

test('unreadable votes do not count; a response without any leaves no verdict', async () => {
  const { model } = scriptedModel(({ response }, { sample }) =>
    response === '?' || sample === 1 ? 'Hard to say.' : `<answer>${response}</answer>`,
  )
  const judge = pointwiseJudge(model, scoreFormat, { votes: 2, temperature: 1 })
  expect(await judge.score({ prompt: 'Q', response: '6' })).toMatchObject({ score: 6 })
  expect(await judge.score({ prompt: 'Q', response: '?' })).not.toHaveProperty('score')
  const judgement = await judge.compare(pairOf('6', '?'))
  expect(judgement.verdict).toBe('abstained')
  expect(judgement.reason).toMatch(/^no score of b: /)
  expect(judgement).not.toHaveProperty('winProbability')
})

test('scores of criteria are averaged, and may make the score', async () => {
  const { model } = scriptedModel((_, { sample }) => `clarity: ${sample! + 2}\ndepth: 8\n<answer>5</answer>`)
  const options = { votes: 3, temperature: 1 }
  const plain = await pointwiseJudge(model, scoreFormat, options).score({ prompt: 'Q', response: 'r' })
  expect(plain).toMatchObject({
    score: 5,
    criteria: [
      { name: 'clarity', score: 3 },
      { name: 'depth', score: 8 },
    ],
  })
  const score = ({ criteria = [] }: ScoreAnswer) => Math.min(...criteria.map((criterion) => criterion.score))
  const least = pointwiseJudge(model, scoreFormat, { ...options, aggregation: { name: 'least', score } })
  expect(await least.score({ prompt: 'Q', response: 'r' })).toMatchObject({ score: 3 })
  expect(least.identity).toMatchObject({ aggregation: 'least' })
})

test('an aggregation that gives no number is named', async () => {
  const aggregation = { name: 'broken', score: () => Number.NaN }
  const judge = pointwiseJudge(grader().model, scoreFormat, { aggregation })
  await expect(judge.score({ prompt: 'Q', response: '4' })).rejects.toThrow(/aggregation broken gave NaN/)
})

test('options that contradict each other are refused', () => {
  const { model } = grader()
  const make = (options: object) => () => pointwiseJudge(model, scoreFormat, options)
  expect(make({ compareBy: 'pairs', scoreTemperature: 1 })).toThrow(/expected it with means only/)
  expect(make({ scoreTemperature: 0 })).toThrow(/scoreTemperature is 0/)
  expect(make({ compareBy: 'medians' })).toThrow(/expected one of means, pairs/)
  expect(make({ aggregate: {} })).toThrow(/no option aggregate/)
})
