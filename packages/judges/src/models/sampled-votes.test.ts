import { expect, test } from 'vitest'
import type { ChatModel, ChatRequest } from '../chat-model'
import { firstWordAnswer, sampledVotes } from './sampled-votes'

const answers = { a: ['yes', 'Yes'], b: ['no', 'No'] }
const messages = [{ role: 'user', content: 'Is A better?' }] as const

/** Says these texts in turn, by the number of the sample. */
const saying = (texts: readonly string[], asked: ChatRequest[] = []): ChatModel => ({
  name: 'parrot',
  identity: { kind: 'parrot' },
  complete: async (request) => {
    asked.push(request)
    const usage = { calls: 1, cachedCalls: 0, promptTokens: 10, completionTokens: 1 }
    return { text: texts[request.sample! % texts.length]!, finishReason: 'stop', usage }
  },
})

test.each([
  ['yes', 'a'],
  [' Yes, because', 'a'],
  ['**No.**', 'b'],
  ['"no"', 'b'],
  ['YES', 'a'],
  ['maybe', undefined],
  ['yesterday', undefined],
  ['I say yes', undefined],
  ['', undefined],
  ['…', undefined],
])('the first word of %j means %s', (text, answer) => {
  expect(firstWordAnswer(text, answers)).toBe(answer)
})

test('a letter is an answer, an article is none', () => {
  const letters = { a: ['A'], b: ['B'] }
  expect(firstWordAnswer('A', letters)).toBe('a')
  expect(firstWordAnswer('(B)', letters)).toBe('b')
  expect(firstWordAnswer('A\nbecause', letters)).toBe('a')
  expect(firstWordAnswer('A: it is longer', letters)).toBe('a')
  expect(firstWordAnswer('A better response would', letters)).toBeUndefined()
})

test('spellings that differ in case only are told apart', () => {
  const cases = { a: ['yes'], b: ['YES'] }
  expect(firstWordAnswer('YES', cases)).toBe('b')
  expect(firstWordAnswer('Yes', cases)).toBeUndefined()
})

test('probabilities are shares of all samples, which say that they are that', async () => {
  const asked: ChatRequest[] = []
  const provider = sampledVotes(saying(['yes', 'yes', 'no', 'hm'], asked), { samples: 8, seed: 5 })
  const answer = await provider.nextToken({ messages, answers })
  expect(answer).toEqual({
    provenance: 'sampled',
    samples: 8,
    logprobs: { a: Math.log(0.5), b: Math.log(0.25) },
    usage: { calls: 8, cachedCalls: 0, promptTokens: 80, completionTokens: 8 },
  })
  // Each is asked anew: samples and seeds differ.
  expect(asked.map(({ sample, seed }) => [sample, seed])).toEqual(
    Array.from({ length: 8 }, (_, i) => [i, 5 + i]),
  )
  expect(new Set(asked.map(({ temperature }) => temperature))).toEqual(new Set([1]))
})

test('an answer that nobody gave is minus infinity, and failures are not votes', async () => {
  const { logprobs } = await sampledVotes(saying(['yes'])).nextToken({ messages, answers })
  expect(logprobs).toEqual({ a: 0, b: Number.NEGATIVE_INFINITY })
  const failing: ChatModel = { ...saying(['yes']), complete: async () => Promise.reject(new Error('down')) }
  await expect(sampledVotes(failing).nextToken({ messages, answers })).rejects.toThrow('down')
})

test('another run draws other samples, and is known for another', async () => {
  const asked: ChatRequest[] = []
  const provider = sampledVotes(saying(['yes', 'no'], asked), { samples: 3, seed: 5, run: 2 })
  await provider.nextToken({ messages, answers })
  expect(asked.map(({ sample, seed }) => [sample, seed])).toEqual([
    [6, 11],
    [7, 12],
    [8, 13],
  ])
  expect(provider.identity).not.toEqual(sampledVotes(saying([]), { samples: 3, seed: 5 }).identity)
  expect(() => sampledVotes(saying([]), { run: -1 })).toThrow('run is -1')
})

test('where a sample fails, the others are stopped, and none goes on afterwards', async () => {
  const under: boolean[] = []
  const model: ChatModel = {
    ...saying(['yes']),
    complete: ({ sample }, { signal } = {}) =>
      new Promise((_, reject) => {
        under[sample!] = true
        const end = (reason: unknown) => {
          under[sample!] = false
          reject(reason)
        }
        if (sample === 2) setTimeout(() => end(new Error('down')), 5)
        else signal?.addEventListener('abort', () => end(signal.reason))
      }),
  }
  const asked = sampledVotes(model, { samples: 4 }).nextToken({ messages, answers })
  await expect(asked).rejects.toThrow('down')
  expect(under).toEqual([false, false, false, false])
})

test('options are checked', () => {
  expect(() => sampledVotes(saying([]), { samples: 0 })).toThrow('samples is 0')
  expect(() => sampledVotes(saying([]), { temperature: 0 })).toThrow('temperature is 0')
  expect(() => sampledVotes(saying([]), { votes: 3 } as object)).toThrow('no option votes')
})
