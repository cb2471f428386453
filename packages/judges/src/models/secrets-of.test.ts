import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { faults, startServer, type TestServer } from '../testing'
import { openaiChatModel } from './openai-chat-model'
import { isSecretName } from './secrets-of'
import type { ServerOptions } from './server-options'

const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const question = { messages: [{ role: 'user', content: 'Is A better?' }] } as const
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['Authorization', true],
  ['proxy-authorization', true],
  ['x-auth', true],
  ['api-key', true],
  ['subscriptionKey', true],
  ['x-goog-iap-jwt-assertion', true],
  ['x-password', true],
  ['x-pass', true],
  ['sig', true],
  ['session', true],
  ['Cookie', true],
  ['api-version', false],
  ['deployment', false],
  ['OpenAI-Organization', false],
  ['x-author', false],
  ['x-signal', false],
  ['x-compass', false],
])('%s is the name of a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected)
})

/** How a secret is given, and what a server quotes of it. */
const echoes: [string, Partial<ServerOptions>, string][] = [
  ['the token of a header', { headers: { Authorization: 'Bearer opaque1234567890' } }, 'opaque1234567890'],
  ['a token of another scheme', { headers: { Authorization: 'Token opaque1' } }, 'opaque1'],
  [
    'the user of Basic',
    { headers: { authorization: `Basic ${base64('ann:correcthorse')}` } },
    'correcthorse',
  ],
  [
    'all of Basic, decoded',
    { headers: { authorization: `Basic ${base64('ann:correcthorse')}` } },
    'ann:correcthorse',
  ],
  [
    'all of Basic, encoded',
    { headers: { authorization: `Basic ${base64('ann:correcthorse')}` } },
    base64('ann:correcthorse'),
  ],
  ['a token in place of a user', { headers: { authorization: `Basic ${base64('tok3n:')}` } }, 'tok3n'],
  ['a cookie', { headers: { Cookie: 'theme=dark; session=abcdefgh1234' } }, 'abcdefgh1234'],
  ['a header by its name', { headers: { 'x-password': 'hunter2' } }, 'hunter2'],
  ['a short key', { apiKey: 's3cr3t!' }, 's3cr3t!'],
  ['a very short key', { apiKey: 'k9' }, 'k9'],
  ['a key in other letters', { apiKey: 'opaqueSecret0123' }, 'OPAQUESECRET0123'],
  ['a key that is cut off', { apiKey: 'opaqueSecret0123456789' }, 'opaqueSec'],
]

test.each(echoes)('%s, echoed by a server, is in no error', async (_, options, echo) => {
  const server = await startServer(() => 'yes', {
    faults: [
      faults.status(401, {}, { error: { message: `not with ${echo}` } }),
      faults.status(403, {}, `not with ${echo}`),
      {
        kind: 'raw',
        status: 200,
        type: 'application/json',
        body: `${echo} is no valid key for this gateway`,
      },
    ],
  })
  servers.push(server)
  const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', retries: 0, ...options })
  for (const code of ['SERVER_STATUS', 'SERVER_STATUS', 'BAD_RESPONSE']) {
    const error = await model.complete(question).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringContaining('[redacted]') })
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(echo)
  }
})

test('a parser’s error is no cause: it quotes what it read, cut off anywhere', async () => {
  const key = 'opaquesecret0123456789'
  // The parser stops within the key, and quotes ten characters on either side of that.
  const body = `{"key": "\\u00e9", "of": \\u006f${key}}`
  const fault = { kind: 'raw', status: 200, type: 'application/json', body } as const
  const server = await startServer(() => 'yes', { faults: [fault] })
  servers.push(server)
  const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', apiKey: key, retries: 0 })
  const error = await model.complete(question).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'BAD_RESPONSE' })
  expect(error).not.toHaveProperty('cause')
  expect(inspect(error)).not.toContain('opaque')
})

test('parameters of the address and placeholders for keys change no text of a model', async () => {
  const text = 'The law is of 2024-10-21, says lm-studio-community. Winner: A'
  const server = await startServer(() => text)
  servers.push(server)
  const baseUrl = `${server.url}?api-version=2024-10-21`
  const model = openaiChatModel({ baseUrl, model: 'test-model', apiKey: 'lm-studio' })
  expect((await model.complete(question)).text).toBe(text)
  expect(server.requests[0]!.query).toBe('?api-version=2024-10-21')
  expect(openaiChatModel({ baseUrl, model: 'lm-studio-community/q', apiKey: 'lm-studio' }).name).toBe(
    'lm-studio-community/q',
  )
})
