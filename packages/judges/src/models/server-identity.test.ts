import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../canonical-json'
import { ollamaLogprobs } from './ollama-logprobs'
import { openaiChatModel } from './openai-chat-model'
import { openaiLogprobs } from './openai-logprobs'
import type { ServerOptions } from './server-options'

const identityOf = (options: Partial<ServerOptions>): string =>
  canonicalJson('identity', openaiChatModel({ baseUrl: 'https://gw/v1', model: 'm', ...options }).identity)

describe('what decides the answer tells identities apart', () => {
  test.each<[string, Partial<ServerOptions>, Partial<ServerOptions>]>([
    ['the model', { model: 'a' }, { model: 'b' }],
    ['the address', { baseUrl: 'https://gw/v1' }, { baseUrl: 'https://gw/other/v1' }],
    ['the query', { baseUrl: 'https://gw/v1?deployment=one' }, { baseUrl: 'https://gw/v1?deployment=two' }],
    [
      'the model, where the query has it too',
      { baseUrl: 'https://gw/v1?deployment=gpt-4o-mini', model: 'gpt-4o-mini' },
      { baseUrl: 'https://gw/v1?deployment=gpt-4o-large', model: 'gpt-4o-large' },
    ],
    ['a header', { headers: { 'x-model-version': '1' } }, { headers: { 'x-model-version': '2' } }],
    ['the organization', { headers: { 'OpenAI-Organization': 'a' } }, {}],
    [
      'words that look like a password',
      { extraBody: { chat_template: 'Give basic answers' } },
      { extraBody: { chat_template: 'Give basic sermons' } },
    ],
    [
      'addresses in the body',
      { extraBody: { index: 'http://db/?key=a' } },
      { extraBody: { index: 'http://db/?key=b' } },
    ],
    ['a name that looks like a key', { model: 'sk-model-A12' }, { model: 'sk-model-B12' }],
  ])('%s', (_, one, other) => {
    expect(identityOf(one)).not.toBe(identityOf(other))
    expect(identityOf(one)).toBe(identityOf({ ...one }))
  })
})

describe('what does not decide it is no part of an identity', () => {
  test.each<[string, Partial<ServerOptions>]>([
    ['the key', { apiKey: 'another-key-0123' }],
    ['a header with a key', { headers: { 'X-Api-Key': 'another-key' } }],
    ['a cookie', { headers: { Cookie: 'session=1' } }],
    ['a signature', { baseUrl: 'https://gw/v1?sig=abc' }],
    ['the user', { baseUrl: 'https://ann:secret@gw/v1' }],
    ['the number of a request', { headers: { 'X-Request-Id': '7' } }],
    ['a slash', { baseUrl: 'https://gw/v1/' }],
    ['how it is asked', { timeout: 5, retries: 1, concurrency: 2 }],
  ])('%s', (_, options) => {
    expect(identityOf(options)).toBe(identityOf({}))
  })

  test('a key in the body is replaced, whichever it is', () => {
    const withKey = (apiKey: string) => identityOf({ apiKey, extraBody: { auth: `Bearer ${apiKey}`, k: 1 } })
    expect(withKey('opaque-key-0001')).toBe(withKey('opaque-key-0002'))
    expect(withKey('opaque-key-0001')).not.toBe(identityOf({ extraBody: { auth: 'Bearer', k: 1 } }))
  })
})

test('an identity shows the server and the model, and a digest of the rest', () => {
  const { identity } = openaiChatModel({
    baseUrl: 'https://ann:secret-word@gw/v1?deployment=one&key=abc',
    model: 'm',
    extraBody: { chat_template: 'words of ours' },
  })
  expect(identity).toEqual({
    kind: 'chat',
    server: 'https://gw/v1',
    model: 'm',
    settings: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('the same question to the same server is one question, by whichever name it is asked', () => {
  const options = { baseUrl: 'http://localhost:11434/v1', model: 'm' }
  expect(ollamaLogprobs(options).identity).toEqual(openaiLogprobs(options).identity)
})

test('a body that JSON cannot hold is refused by name', () => {
  expect(() => identityOf({ extraBody: { top_k: Number.NaN } })).toThrow(
    expect.objectContaining({ name: 'JudgeError', code: 'INVALID_INPUT', parameter: 'extraBody.top_k' }),
  )
})
