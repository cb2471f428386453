import { expect, test } from 'vitest'
import { type HumanAnswer, type HumanQuestion, humanJudge } from './human-judge'
import { pairOf } from './testing/scripted'

const answering = (answer: (question: HumanQuestion) => HumanAnswer, seed = 0) => {
  const questions: HumanQuestion[] = []
  const judge = humanJudge({
    name: 'somebody',
    seed,
    ask: (question) => {
      questions.push(question)
      return Promise.resolve(answer(question))
    },
  })
  return { judge, questions }
}

test('a person sees responses without names, in an order that is even over pairs and repeats', async () => {
  const { judge, questions } = answering(() => 'first')
  let shownFirst = 0
  for (let i = 0; i < 400; i++) {
    const judgement = await judge.compare(pairOf(`x${i}`, `y${i}`))
    expect(judgement.provenance).toBe('human')
    shownFirst += judgement.winProbability!
  }
  expect(Math.abs(shownFirst - 200)).toBeLessThan(4 * 10)
  expect(Object.keys(questions[0]!).sort()).toEqual(['first', 'prompt', 'second'])
  const again = answering(() => 'first')
  await again.judge.compare(pairOf('x7', 'y7'))
  expect(again.questions[0]).toEqual(questions[7])
  const orders = await Promise.all(
    [0, 1, 2, 3, 4, 5, 6, 7].map((seed) => answering(() => 'first', seed).judge.compare(pairOf('x', 'y'))),
  )
  expect(new Set(orders.map(({ verdict }) => verdict))).toEqual(new Set(['a', 'b']))
})

test('answers mean the response, wherever it stood', async () => {
  const { judge } = answering(({ first }) => (first === 'good' ? 'first' : 'second'))
  for (const other of ['p', 'q', 'r', 's', 't', 'u'])
    expect(await judge.compare(pairOf(other, 'good'))).toMatchObject({ verdict: 'b', winProbability: 0 })
  expect(await answering(() => 'tie').judge.compare(pairOf('x', 'y'))).toMatchObject({ verdict: 'tie' })
})

test('skipped is abstained; who quits ends it', async () => {
  const skipped = await answering(() => 'skip').judge.compare(pairOf('x', 'y'))
  expect(skipped.verdict).toBe('abstained')
  expect(skipped.reason).toContain('skipped')
  await expect(answering(() => 'quit').judge.compare(pairOf('x', 'y'))).rejects.toMatchObject({
    code: 'INTERRUPTED',
  })
  await expect(answering(() => 'a' as 'first').judge.compare(pairOf('x', 'y'))).rejects.toThrow(
    /expected first, second/,
  )
})

test('nobody is asked about one text twice over', async () => {
  const { judge, questions } = answering(() => 'first')
  expect(await judge.compare(pairOf('x', 'x'))).toMatchObject({ verdict: 'tie', winProbability: 0.5 })
  expect(questions).toEqual([])
})

test('a name is asked for: what one person said is not what another would', () => {
  const ask = async () => 'first' as const
  // @ts-expect-error a name is required
  expect(() => humanJudge({ ask })).toThrow(/humanJudge: name is undefined/)
})
