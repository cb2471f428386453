import { expect, test } from 'vitest'
import { functionJudge } from './function-judge'
import { pairOf } from './testing/scripted'

test('opinions are verdicts or probabilities, at once or later', async () => {
  const pair = pairOf('42', '41')
  const right = functionJudge(({ a, b }) => (a === '42' ? 'a' : b === '42' ? 'b' : 'tie'), {
    name: 'is it 42?',
  })
  expect(await right.compare(pair)).toMatchObject({
    verdict: 'a',
    winProbability: 1,
    consistent: true,
    provenance: 'scores',
  })
  expect(await right.compare(pairOf('40', '41'))).toMatchObject({ verdict: 'tie' })
  const later = functionJudge(async ({ a }) => (a === '42' ? 0.75 : 0.25), { name: 'later' })
  expect(await later.compare(pair)).toMatchObject({ verdict: 'a', winProbability: 0.75 })
})

test('a function that prefers the first place is a tie by default, and is called once where order is given', async () => {
  const judge = (options: object) => {
    const seen: string[] = []
    const made = functionJudge(
      ({ a }) => {
        seen.push(a)
        return 'a'
      },
      { name: 'first', ...options },
    )
    return { made, seen }
  }
  const both = judge({})
  expect(await both.made.compare(pairOf('x', 'y'))).toMatchObject({ verdict: 'tie', winProbability: 0.5 })
  expect(both.seen).toEqual(['x', 'y'])
  const given = judge({ orders: 'given' })
  expect(await given.made.compare(pairOf('x', 'y'))).toMatchObject({ verdict: 'a', winProbability: 1 })
  expect(given.seen).toEqual(['x'])
})

test('no opinion is an abstention; what is no opinion is an error', async () => {
  const silent = await functionJudge(() => undefined, { name: 'silent' }).compare(pairOf('x', 'y'))
  expect(silent).toMatchObject({ verdict: 'abstained' })
  expect(silent.reason).toContain('gave no opinion')
  for (const wrong of ['c', 1.5, Number.NaN, null, true])
    await expect(
      functionJudge(() => wrong as number, { name: 'wrong' }).compare(pairOf('x', 'y')),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
})

test('what the function throws passes through, and it hears of the end', async () => {
  const controller = new AbortController()
  const judge = functionJudge(
    (_, options) =>
      new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () =>
          reject(new Error(`heard: ${options.signal?.reason}`)),
        )
        setImmediate(() => controller.abort('enough'))
      }),
    { name: 'patient' },
  )
  await expect(judge.compare(pairOf('x', 'y'), controller)).rejects.toThrow('heard: enough')
  expect(() => functionJudge('a' as unknown as () => 'a', { name: 'a' })).toThrow(/judge is the string "a"/)
})

test('a name is asked for: two functions under a name of their kind would share a journal', () => {
  const better = () => 'a' as const
  // @ts-expect-error a name is required
  expect(() => functionJudge(better)).toThrow(/options is undefined/)
  // @ts-expect-error a name is required
  expect(() => functionJudge(better, { orders: 'given' })).toThrow(/functionJudge: name is undefined/)
  expect(() => functionJudge(better, { name: '' })).toThrow(
    /expected a text that tells this judge from others/,
  )
  const [x, y] = ['x', 'y'].map((name) => functionJudge(better, { name }).identity)
  expect(x).not.toEqual(y)
})
