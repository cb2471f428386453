import { expect, test } from 'vitest'
import { type LocalLanguageModel, localChatModel, localLogprobs } from './local-model'

const vocabulary = ['yes', ' yes', 'no', 'may', 'be']
const messages = [{ role: 'user', content: 'Is A better?' }] as const

/** A model whose next token has these probabilities; it tokenizes words and the pieces of "maybe". */
const modelOf = (probabilities: readonly number[]): LocalLanguageModel => ({
  name: 'tiny',
  generate: async (asked, { maxTokens }) => ({
    text: `${asked.length} message, ${maxTokens} tokens`,
    promptTokens: 7,
    completionTokens: 3,
  }),
  nextTokenLogprobs: () => Float32Array.from(probabilities, Math.log),
  tokenize: (text) =>
    text === 'maybe' ? [3, 4] : vocabulary.includes(text) ? [vocabulary.indexOf(text)] : [3, 3],
})

const model = modelOf([0.5, 0.125, 0.25, 0.0625, 0.0625])

test('probabilities are exact sums over single tokens, each counted once', async () => {
  const answers = { a: ['yes', ' yes', 'yes', 'Yes'], b: ['no', 'maybe'] }
  const answer = await localLogprobs(model).nextToken({ messages, answers })
  expect(answer).toMatchObject({ provenance: 'exact', unseen: { a: 0, b: 0 } })
  expect(Math.exp(answer.logprobs.a!)).toBeCloseTo(0.625, 6)
  expect(Math.exp(answer.logprobs.b!)).toBeCloseTo(0.25, 6)
})

test('what is no answer of one token, and what are no probabilities, are refused by name', async () => {
  const unknown = localLogprobs(model).nextToken({ messages, answers: { a: ['yes'], b: ['maybe'] } })
  await expect(unknown).rejects.toMatchObject({ code: 'INVALID_INPUT', parameter: 'answers.b' })
  const logits = localLogprobs({ ...model, nextTokenLogprobs: () => Float32Array.from([3, 2, 1, 0, 0]) })
  await expect(logits.nextToken({ messages, answers: { a: ['yes'], b: ['no'] } })).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    message: expect.stringContaining('are these logits?'),
  })
})

test('as a chat model it passes on what was asked, and says what it used', async () => {
  const completion = await localChatModel(model).complete({ messages, maxTokens: 4, sample: 1 })
  expect(completion).toEqual({
    text: '1 message, 4 tokens',
    finishReason: 'stop',
    usage: { calls: 1, cachedCalls: 0, promptTokens: 7, completionTokens: 3 },
  })
})

test('an aborted call is ABORTED', async () => {
  const signal = AbortSignal.abort()
  const aborted = { code: 'ABORTED' }
  await expect(localChatModel(model).complete({ messages }, { signal })).rejects.toMatchObject(aborted)
  const asked = localLogprobs(model).nextToken({ messages, answers: { a: ['yes'], b: ['no'] } }, { signal })
  await expect(asked).rejects.toMatchObject(aborted)
})
