import { expect, test } from 'vitest'
import { memoryCache } from '../batch/answer-cache'
import { cachedModel } from '../batch/cached-model'
import { countReadings } from './count-readings'
import { generativeJudge } from './generative-judge'
import { pointwiseJudge } from './pointwise-judge'
import { chance, pairFormat, pairOf, scoreFormat, scriptedModel } from './testing/scripted'

const pair = pairOf('long response', 'short')

test('a judge with a preference for a place is a tie of exactly ½ after the swap, and a win without', async () => {
  const { model } = scriptedModel(() => 'A')
  const judgement = await generativeJudge(model, pairFormat).compare(pair)
  expect(judgement).toMatchObject({ verdict: 'tie', winProbability: 0.5, consistent: false })
  const given = await generativeJudge(model, pairFormat, { orders: 'given' }).compare(pair)
  expect(given).toMatchObject({ verdict: 'a', winProbability: 1 })
})

test('a judge that goes by length is consistent, and wins survive the swap', async () => {
  const { model } = scriptedModel(({ a, b }) => (a.length > b.length ? 'A' : 'B'))
  const judge = generativeJudge(model, pairFormat)
  expect(await judge.compare(pair)).toMatchObject({ verdict: 'a', winProbability: 1, consistent: true })
  expect(await judge.compare(pairOf('short', 'long response'))).toMatchObject({
    verdict: 'b',
    winProbability: 0,
  })
})

test('votes are samples of their own with seeds of their own, in each order', async () => {
  const { model, requests } = scriptedModel(() => 'B')
  const options = { votes: 3, temperature: 0.8, seed: 40, topP: 0.9, maxTokens: 5, stop: ['\n'] }
  const judgement = await generativeJudge(model, pairFormat, options).compare(pair)
  expect(requests).toHaveLength(6)
  expect(requests.map(({ sample, seed }) => [sample, seed])).toEqual([
    [0, 40],
    [1, 41],
    [2, 42],
    [0, 40],
    [1, 41],
    [2, 42],
  ])
  expect(requests[0]).toMatchObject({ temperature: 0.8, topP: 0.9, maxTokens: 5, stop: ['\n'] })
  expect(judgement.usage).toEqual({ calls: 6, cachedCalls: 0, promptTokens: 60, completionTokens: 12 })
  expect(judgement.readings.map(({ first, sample }) => [first, sample])).toEqual([
    ['a', 0],
    ['a', 1],
    ['a', 2],
    ['b', 0],
    ['b', 1],
    ['b', 2],
  ])
})

test('the share of votes estimates what a noisy judge with a preference for a place would say of both orders', async () => {
  // Right with 0.8 where the better one is first and with 0.6 where it is second: ½ (0.8 + 0.6) without the place.
  const { model } = scriptedModel(({ a }, { seed }) => {
    const betterFirst = a === 'long response'
    const right = chance(a, seed) < (betterFirst ? 0.8 : 0.6)
    return right === betterFirst ? 'A' : 'B'
  })
  const votes = 2000
  const judgement = await generativeJudge(model, pairFormat, { votes, temperature: 1, seed: 0 }).compare(pair)
  const spread = Math.sqrt((0.8 * 0.2 + 0.6 * 0.4) / votes) / 2
  expect(Math.abs(judgement.winProbability! - 0.7)).toBeLessThan(4 * spread)
  expect(judgement).toMatchObject({ verdict: 'a', consistent: true })
})

test('answers that cannot be read are no votes, are counted, and never guessed', async () => {
  const { model } = scriptedModel((_, { sample }) => (sample === 0 ? 'A' : 'What a question!'))
  const judgement = await generativeJudge(model, pairFormat, { votes: 4, temperature: 1 }).compare(pair)
  expect(judgement).toMatchObject({ verdict: 'tie', winProbability: 0.5 })
  expect(countReadings([judgement])).toEqual({
    asked: 8,
    answered: 2,
    parses: { exact: 2, recovered: 0, ambiguous: 0, missing: 6 },
  })
  expect(judgement.readings[1]).not.toHaveProperty('winProbability')
  expect(judgement.readings[1]!.text).toBe('What a question!')
})

test('an order in which nothing could be read leaves no verdict, and says which and why', async () => {
  const { model } = scriptedModel(({ a }) => (a === 'short' ? 'Hm.' : 'A'))
  const judgement = await generativeJudge(model, pairFormat).compare(pair)
  expect(judgement.verdict).toBe('abstained')
  expect(judgement).not.toHaveProperty('winProbability')
  expect(judgement.reason).toMatch(/^no answer with b first: /)
  expect(judgement.usage.calls).toBe(2)
})

test('a text that was cut off says so beside why it has no answer', async () => {
  const { model } = scriptedModel(() => 'Let me think about')
  const cut = {
    ...model,
    complete: async (request: Parameters<typeof model.complete>[0]) => ({
      ...(await model.complete(request)),
      finishReason: 'length',
    }),
  }
  expect((await generativeJudge(cut, pairFormat).compare(pair)).reason).toContain('cut off')
})

test('orders that contradict each other mean what is asked for', async () => {
  // Two of three for the first shown, and all for it when swapped.
  const { model } = scriptedModel(({ a }, { sample }) => (a === 'short' || sample! < 2 ? 'A' : 'B'))
  const ask = (inconsistent: 'mean' | 'tie' | 'abstain') =>
    generativeJudge(model, pairFormat, { votes: 3, temperature: 1, inconsistent }).compare(pair)
  const mean = await ask('mean')
  expect(mean).toMatchObject({ verdict: 'b', consistent: false })
  expect(mean.winProbability).toBeCloseTo(1 / 3, 14)
  expect(await ask('tie')).toMatchObject({ verdict: 'tie', winProbability: 0.5, consistent: false })
  const abstained = await ask('abstain')
  expect(abstained.verdict).toBe('abstained')
  expect(abstained.winProbability).toBeCloseTo(1 / 3, 14)
})

test('one random order is half the questions, the same for a pair and its swap, and even over pairs', async () => {
  const { model, requests } = scriptedModel(() => 'A')
  const judge = generativeJudge(model, pairFormat, { orders: 'random', seed: 3 })
  let firstA = 0
  for (let i = 0; i < 400; i++) {
    const forward = await judge.compare(pairOf(`x${i}`, `y${i}`))
    const back = await judge.compare(pairOf(`y${i}`, `x${i}`))
    expect(forward.winProbability! + back.winProbability!).toBe(1)
    firstA += forward.winProbability!
  }
  expect(requests).toHaveLength(800)
  expect(Math.abs(firstA - 200)).toBeLessThan(4 * 10)
})

test('votes that would be alike, and misspelt options, are refused', () => {
  const { model } = scriptedModel(() => 'A')
  expect(() => generativeJudge(model, pairFormat, { votes: 5, temperature: 0 })).toThrow(
    /temperature is 0 and votes is 5/,
  )
  expect(() => generativeJudge(model, pairFormat, { votes: 0 })).toThrow(/votes is 0/)
  expect(() => generativeJudge(model, pairFormat, { topP: 0 })).toThrow(/topP is 0/)
  expect(() => generativeJudge(model, pairFormat, { vote: 3 } as object)).toThrow(/no option vote/)
  expect(() => generativeJudge(model, pairFormat, { inconsistent: 'half' as 'tie' })).toThrow(
    /expected one of mean, tie/,
  )
})

test('the identity is plain JSON and tells what would change an answer', () => {
  const { model } = scriptedModel(() => 'A')
  const plain = generativeJudge(model, pairFormat).identity
  expect(JSON.parse(JSON.stringify(plain))).toEqual(plain)
  const others = [
    { votes: 3 },
    { temperature: 0.5 },
    { seed: 1 },
    { orders: 'given' as const },
    { tieMargin: 0.1 },
  ]
  const keys = others.map((options) => JSON.stringify(generativeJudge(model, pairFormat, options).identity))
  expect(new Set([...keys, JSON.stringify(plain)]).size).toBe(others.length + 1)
})

test('a further run asks anew through a cache, with samples and seeds of its own', async () => {
  // A coin for each sample, whatever is shown: a judge that agrees with itself by chance only.
  const { model, requests } = scriptedModel(({ a }, { sample }) => (chance(a, sample) < 0.5 ? 'A' : 'B'))
  const cached = cachedModel(model, memoryCache())
  const judge = (run: number) =>
    generativeJudge(cached, pairFormat, { orders: 'given', temperature: 1, seed: 10, run })
  const agreement = async (first: number, second: number) => {
    let same = 0
    for (let i = 0; i < 200; i++) {
      const pairs = [first, second].map((run) => judge(run).compare(pairOf(`x${i}`, `y${i}`)))
      const [x, y] = await Promise.all(pairs)
      same += Number(x!.verdict === y!.verdict)
    }
    return same / 200
  }
  expect(await agreement(0, 0)).toBe(1)
  expect(requests).toHaveLength(200)
  expect(Math.abs((await agreement(0, 1)) - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(200))
  expect(requests).toHaveLength(400)
  expect(requests.at(-1)).toMatchObject({ sample: 1, seed: 11 })
  expect(judge(1).identity).not.toEqual(judge(0).identity)
})

test('runs of several votes share no sample', async () => {
  const { model, requests } = scriptedModel(() => 'A')
  const options = { orders: 'given', votes: 3, temperature: 1 } as const
  for (const run of [0, 1]) await generativeJudge(model, pairFormat, { ...options, run }).compare(pair)
  expect(requests.map(({ sample }) => sample)).toEqual([0, 1, 2, 3, 4, 5])
  expect(() => generativeJudge(model, pairFormat, { run: -1 })).toThrow(/run is -1/)
  expect(() => generativeJudge(model, pairFormat, { seed: -1 })).toThrow(/seed is -1/)
})

test('a vote that fails stops the others, in both orders, before the judge gives up', async () => {
  const ended: unknown[] = []
  const { model } = scriptedModel(() => 'A')
  const failing = {
    ...model,
    complete: ({ sample }: { sample?: number }, { signal }: { signal?: AbortSignal } = {}) =>
      sample === 0
        ? Promise.reject(new Error('down'))
        : new Promise<never>((_, reject) => {
            signal!.addEventListener('abort', () => {
              setImmediate(() => {
                ended.push(sample)
                reject(signal!.reason)
              })
            })
          }),
  }
  const judge = generativeJudge(failing, pairFormat, { votes: 3, temperature: 1 })
  await expect(judge.compare(pair)).rejects.toThrow('down')
  expect(ended.toSorted()).toEqual([1, 1, 2, 2])
})

test('readings of scores are counted as those of pairs are', async () => {
  const { model } = scriptedModel((_, { sample }) => (sample === 0 ? '<answer>7</answer>' : 'Hm.'))
  const judge = pointwiseJudge(model, scoreFormat, { votes: 3, temperature: 1 })
  const judgement = await judge.score({ prompt: 'Q', response: 'r' })
  const [first, second] = judgement.readings
  expect(first).toMatchObject({ sample: 0, provenance: 'parsed', score: 7, text: '<answer>7</answer>' })
  expect(second).toMatchObject({ sample: 1, text: 'Hm.', parse: 'missing', reason: expect.any(String) })
  const { parses, ...counts } = countReadings([judgement])
  expect(counts).toEqual({ asked: 3, answered: 1 })
  expect(parses).toMatchObject({ missing: 2, ambiguous: 0 })
})
