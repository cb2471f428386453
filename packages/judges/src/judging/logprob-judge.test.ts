import { pairwiseReasoningFormat } from '@prefkit/rubrics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logprobJudge } from './logprob-judge'
import { readNextToken } from './read-next-token'
import { pairFormat, pairOf, scriptedProvider } from './testing/scripted'

const usage = { calls: 1, cachedCalls: 0, promptTokens: 10, completionTokens: 2 }
const pair = pairOf('x', 'y')

test('P(a) = ½ [P(yes | a, b) + P(no | b, a)] of probabilities normalised over the two answers', async () => {
  const provider = scriptedProvider(({ a }) => (a === 'x' ? { a: 0.6, b: 0.2 } : { a: 0.1, b: 0.3 }))
  const judgement = await logprobJudge(provider, pairFormat).compare(pair)
  expect(judgement.winProbability).toBeCloseTo((0.6 / 0.8 + 0.3 / 0.4) / 2, 14)
  expect(judgement).toMatchObject({
    verdict: 'a',
    provenance: 'exact',
    consistent: true,
    usage: { calls: 2 },
  })
  expect(judgement.readings.map(({ answerMass }) => answerMass)).toEqual([
    expect.closeTo(0.8, 14),
    expect.closeTo(0.4, 14),
  ])
  expect(judgement).not.toHaveProperty('bounds')
})

test('a judge with a preference for a place alone says ½, and that it contradicts itself', async () => {
  const provider = scriptedProvider(() => ({ a: 0.7, b: 0.1 }))
  const judgement = await logprobJudge(provider, pairFormat).compare(pair)
  expect(judgement).toMatchObject({ verdict: 'tie', winProbability: 0.5, consistent: false })
  const abstaining = await logprobJudge(provider, pairFormat, { inconsistent: 'abstain' }).compare(pair)
  expect(abstaining).toMatchObject({ verdict: 'abstained', winProbability: 0.5 })
  expect(abstaining.reason).toContain('P(a) is 0.875 with a first, 0.125 with b first')
  const given = await logprobJudge(provider, pairFormat, { orders: 'given' }).compare(pair)
  expect(given).toMatchObject({ verdict: 'a', winProbability: 0.875 })
  expect(given).not.toHaveProperty('consistent')
})

test('two orders that are ties by the margin do not contradict each other', async () => {
  const provider = scriptedProvider(({ a }) => (a === 'x' ? { a: 0.501, b: 0.499 } : { a: 0.502, b: 0.498 }))
  const ask = (tieMargin: number) =>
    logprobJudge(provider, pairFormat, { inconsistent: 'abstain', tieMargin }).compare(pair)
  expect(await ask(0.05)).toMatchObject({ verdict: 'tie', consistent: true })
  expect(await ask(0)).toMatchObject({ verdict: 'abstained', consistent: false })
})

test('one answer at −∞ is certainty where probabilities are exact, both are no answer', async () => {
  const never = scriptedProvider(({ a }) => (a === 'x' ? { a: 0.5, b: 0 } : { a: 0, b: 0.5 }))
  expect(await logprobJudge(never, pairFormat).compare(pair)).toMatchObject({
    verdict: 'a',
    winProbability: 1,
  })
  const silent = scriptedProvider(() => ({ a: 0, b: 0 }))
  const judgement = await logprobJudge(silent, pairFormat).compare(pair)
  expect(judgement.verdict).toBe('abstained')
  expect(judgement).not.toHaveProperty('winProbability')
  expect(judgement.reason).toContain('no answer with a first: both answers have the probability 0')
})

test('the top k leave open what they do not show: bounds hold every probability it could be', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, share, share, share, share, share, (x, y, ua, ub, partA, partB) => {
      const [a, b] = [x / 2, y / 2]
      const logprobs = { a: Math.log(a), b: Math.log(b) }
      const reading = readNextToken('a', { provenance: 'top-k', logprobs, unseen: { a: ua, b: ub }, usage })
      if (reading.winProbability === undefined) {
        expect(a + b).toBeLessThan(1e-300)
        return
      }
      const [trueA, trueB] = [a + partA * ua, b + partB * ub]
      if (trueA + trueB < 1e-290) return
      const truth = trueA / (trueA + trueB)
      expect(truth).toBeGreaterThanOrEqual(reading.bounds!.low - 1e-9)
      expect(truth).toBeLessThanOrEqual(reading.bounds!.high + 1e-9)
      expect(reading.winProbability).toBeGreaterThanOrEqual(reading.bounds!.low - 1e-12)
      expect(reading.winProbability).toBeLessThanOrEqual(reading.bounds!.high + 1e-12)
    }),
  )
})

test('bounds of both orders are means, turned round where b was first', async () => {
  const provider = scriptedProvider(({ a }) =>
    a === 'x'
      ? { a: 0.6, b: 0, provenance: 'top-k', unseen: { a: 0, b: 0.2 } }
      : { a: 0, b: 0.6, provenance: 'top-k', unseen: { a: 0.2, b: 0 } },
  )
  const judgement = await logprobJudge(provider, pairFormat).compare(pair)
  expect(judgement).toMatchObject({ winProbability: 1, provenance: 'top-k' })
  expect(judgement.bounds!.low).toBeCloseTo(0.75, 14)
  expect(judgement.bounds!.high).toBe(1)
})

test('a provider that does not bound what it did not see leaves open all that is not answered', () => {
  const logprobs = { a: Math.log(0.6), b: Math.log(0.2) }
  const { bounds } = readNextToken('a', { provenance: 'top-k', logprobs, usage })
  expect(bounds!.low).toBeCloseTo(0.6 / (0.6 + 0.4), 14)
  expect(bounds!.high).toBeCloseTo(0.8 / (0.8 + 0.2), 14)
})

test('nothing among the top k is no answer, and says so', () => {
  const logprobs = { a: Number.NEGATIVE_INFINITY, b: Number.NEGATIVE_INFINITY }
  const reading = readNextToken('b', { provenance: 'top-k', logprobs, unseen: { a: 0.1, b: 0.1 }, usage })
  expect(reading.reason).toBe('neither answer is among the most likely tokens')
  expect(reading).not.toHaveProperty('winProbability')
})

test('the weakest provenance is the judgement’s: a sampled order makes it sampled', async () => {
  const provider = scriptedProvider(({ a }) => ({
    a: 0.5,
    b: 0.25,
    provenance: a === 'x' ? 'exact' : 'sampled',
  }))
  expect((await logprobJudge(provider, pairFormat).compare(pair)).provenance).toBe('sampled')
})

test('log-probabilities far below underflow still have their ratio', () => {
  const logprobs = { a: -1000, b: -1000 + Math.log(3) }
  const reading = readNextToken('a', { provenance: 'exact', logprobs, usage })
  expect(reading.winProbability).toBeCloseTo(0.25, 12)
})

test('a model that hardly answers has no answer where a least mass is asked for', async () => {
  const provider = scriptedProvider(() => ({ a: 0.001, b: 0.0001 }))
  const judgement = await logprobJudge(provider, pairFormat, { minAnswerMass: 0.1 }).compare(pair)
  expect(judgement.verdict).toBe('abstained')
  expect(judgement.reason).toContain('expected at least 0.1')
})

test('what is no log-probability is no answer', () => {
  for (const a of [Number.NaN, 0.5]) {
    const reading = readNextToken('a', { provenance: 'exact', logprobs: { a, b: -1 }, usage })
    expect(reading.reason).toContain(`a: ${a}`)
    expect(reading).not.toHaveProperty('winProbability')
  }
})

test('formats without tokens and options that are none are refused', () => {
  const provider = scriptedProvider(() => ({ a: 0.5, b: 0.5 }))
  expect(() => logprobJudge(provider, pairwiseReasoningFormat())).toThrow(/has no tokens/)
  expect(() => logprobJudge(provider, pairFormat, { order: 'both' } as object)).toThrow(/no option order/)
  expect(() => logprobJudge(provider, pairFormat, { minAnswerMass: 2 })).toThrow(/minAnswerMass is 2/)
  expect(() => logprobJudge(provider, pairFormat, { orders: 'all' as 'both' })).toThrow(
    /orders is the string "all"/,
  )
})

test('what the provider rejects with passes through', async () => {
  const provider = {
    ...scriptedProvider(() => ({ a: 1, b: 0 })),
    nextToken: () => Promise.reject(new Error('no server')),
  }
  await expect(logprobJudge(provider, pairFormat).compare(pair)).rejects.toThrow('no server')
})
