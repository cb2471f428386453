import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answersFromTokens, checkAnswers, type TokenLogprob } from './answer-logprobs'

const answers = { a: ['yes', 'Yes', ' yes'], b: ['no', 'No', ' no'] }
const token = (text: string, p: number): TokenLogprob => ({ token: text, logprob: Math.log(p) })

test('spellings of one answer add up, and other tokens have no part', () => {
  const top = [
    token('yes', 0.4),
    token('no', 0.2),
    token('Ġyes', 0.1),
    token('yesterday', 0.05),
    token('y', 0.05),
  ]
  const read = answersFromTokens(answers, { top }, false)
  expect(Math.exp(read.logprobs.a!)).toBeCloseTo(0.5, 14)
  expect(Math.exp(read.logprobs.b!)).toBeCloseTo(0.2, 14)
  // One spelling of a is missing, and two of b: each is at most 0.05, together at most the 0.2 that the list leaves.
  expect(read.unseen!.a).toBeCloseTo(0.05, 14)
  expect(read.unseen!.b).toBeCloseTo(0.1, 14)
  expect(read.provenance).toBe('top-k')
})

test('the sampled token counts once where it is among the likeliest, and does not lower the bound where it is not', () => {
  const top = [token('yes', 0.6), token('no', 0.3)]
  const again = answersFromTokens(answers, { top, sampled: token('no', 0.3) }, false)
  expect(again.logprobs.b).toBeCloseTo(Math.log(0.3), 14)
  const other = answersFromTokens(answers, { top, sampled: token(' no', 0.001) }, false)
  expect(Math.exp(other.logprobs.b!)).toBeCloseTo(0.301, 14)
  // One spelling is left of b; without the list's rest of 0.099 the bound would be 0.3.
  expect(other.unseen!.b).toBeCloseTo(0.099, 14)
})

test('nothing seen is minus infinity, and a listed probability of 0 leaves nothing unseen', () => {
  const top = [token('yes', 1), token('no', 0)]
  const read = answersFromTokens(answers, { top }, false)
  expect(read.logprobs.b).toBe(Number.NEGATIVE_INFINITY)
  expect(read.unseen).toEqual({ a: 0, b: 0 })
})

test('the whole vocabulary is exact, with nothing unseen', () => {
  const read = answersFromTokens(answers, { top: [token('yes', 0.5), token('x', 0.5)] }, true)
  expect(read).toEqual({
    provenance: 'exact',
    logprobs: { a: Math.log(0.5), b: Number.NEGATIVE_INFINITY },
    unseen: { a: 0, b: 0 },
  })
})

test('tokens with ids are told apart by them; a spelling that is written in two ways is two tokens', () => {
  const top = [
    { id: 1, token: 'yes', logprob: Math.log(0.3) },
    { id: 2, token: 'yes', logprob: Math.log(0.2) },
    { id: 1, token: 'yes', logprob: Math.log(0.3) },
  ]
  expect(Math.exp(answersFromTokens(answers, { top }, false).logprobs.a!)).toBeCloseTo(0.5, 14)
})

test('answers that cannot be told apart, or have no spellings, are refused by name', () => {
  expect(() => checkAnswers({})).toThrow('answers is empty')
  expect(() => checkAnswers({ a: [] })).toThrow('answers.a is empty')
  expect(() => checkAnswers({ a: ['x', ''] })).toThrow('empty spelling')
  expect(() => checkAnswers({ a: ['yes'], b: ['no', 'yes'] })).toThrow('"yes" is a spelling of both a and b')
  expect(() => checkAnswers({ a: ['yes', 'yes'], b: ['no'] })).not.toThrow()
})

test('whatever k: the truth lies between what was seen and the bound', () => {
  const spelled = [...answers.a, ...answers.b]
  const words = [...spelled, 'maybe', 'y', 'n', 'yes!', 'nope', 'I']
  const weights = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), {
    minLength: words.length,
    maxLength: words.length,
  })
  fc.assert(
    fc.property(
      weights,
      fc.integer({ min: 1, max: words.length }),
      fc.nat(words.length - 1),
      (raw, k, drawn) => {
        const total = raw.reduce((sum, w) => sum + w, 0)
        const all = words.map((word, i) => token(word, raw[i]! / total))
        const top = [...all].sort((x, y) => y.logprob - x.logprob).slice(0, k)
        const read = answersFromTokens(answers, { top, sampled: all[drawn]! }, false)
        for (const answer of ['a', 'b'] as const) {
          const truth = answers[answer].reduce(
            (sum, each) => sum + Math.exp(all[words.indexOf(each)]!.logprob),
            0,
          )
          const seen = Math.exp(read.logprobs[answer]!)
          expect(seen).toBeLessThanOrEqual(truth + 1e-12)
          expect(seen + read.unseen![answer]!).toBeGreaterThanOrEqual(truth - 1e-12)
        }
      },
    ),
  )
})
