import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { JudgeError } from '../judge-error'
import { type Fault, faults, startServer, type TestServer } from '../testing'
import { isPlaceholder } from './hide-secrets'
import { llamaCppLogprobs } from './llama-cpp-logprobs'
import { openaiChatModel } from './openai-chat-model'
import { openaiLogprobs } from './openai-logprobs'
import { probeLogprobs } from './probe-logprobs'
import { redactor } from './redact'
import { sampledVotes } from './sampled-votes'
import { sglangLogprobs } from './sglang-logprobs'
import { vllmLogprobs } from './vllm-logprobs'

const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** Everything of a value that a log could show. */
function everythingOf(value: unknown): string {
  const seen = new Set<unknown>()
  const parts: string[] = [inspect(value, { depth: 20, showHidden: true, getters: true })]
  const visit = (each: unknown): void => {
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null || seen.has(each)) {
      parts.push(String(each))
      return
    }
    seen.add(each)
    for (const key of Reflect.ownKeys(each)) {
      parts.push(String(key))
      visit((each as Record<PropertyKey, unknown>)[key])
    }
  }
  visit(value)
  try {
    parts.push(JSON.stringify(value) ?? '')
  } catch {
    // What has no JSON has no JSON to leak into.
  }
  return parts.join('\n')
}

/** In any spelling that a reader could take the key from. */
const spelled = (key: string) => [
  key,
  encodeURIComponent(key),
  JSON.stringify(key).slice(1, -1),
  JSON.stringify(JSON.stringify(key).slice(1, -1)).slice(1, -1),
  key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  Buffer.from(key).toString('base64'),
]

const expectHidden = (value: unknown, key: string) => {
  const all = everythingOf(value)
  for (const spelling of spelled(key)) expect(all).not.toContain(spelling)
}

/** What an HTTP header may carry: visible ASCII. */
const keys = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 12,
  maxLength: 40,
})

describe('texts', () => {
  test('a known secret is found in every spelling, whatever stands around it', () => {
    fc.assert(
      fc.property(keys, fc.string(), fc.string(), (key, before, after) => {
        const { text, known } = redactor([key])
        for (const spelling of spelled(key)) {
          expect(text(before + spelling + after)).not.toContain(spelling)
          expect(known(`${before} ${spelling} ${after}`)).not.toContain(spelling)
        }
      }),
    )
  })

  test.each([
    ['Authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
    ['{"authorization": "opaque-value"}', 'opaque-value'],
    ['api-key: 0123456789abcdef', '0123456789abcdef'],
    ["x-api-key='0123456789abcdef'", '0123456789abcdef'],
    ['{"api_key": "0123456789abcdef"}', '0123456789abcdef'],
    ['Incorrect API key provided: sk-proj-abc123DEF456.', 'sk-proj-abc123DEF456'],
    ['key sk-ant-api03-xyz_123 is wrong', 'sk-ant-api03-xyz_123'],
    ['token hf_abcdefghijkl', 'hf_abcdefghijkl'],
    ['GET https://user:hunter22@host/v1 failed', 'hunter22'],
    ['GET https://host/v1/models?key=secretvalue&x=1 failed', 'secretvalue'],
  ])('what looks like a secret is taken out: %s', (line, secret) => {
    const clean = redactor([]).text(line)
    expect(clean).not.toContain(secret)
    expect(clean).toContain('[redacted]')
  })

  test.each([
    'http://localhost:8000/v1, model "x", answered with status 500: out of memory',
    'risk-averse sketches: task-oriented, desk-bound',
    'Is the key that was given as apiKey the right one?',
    'yes?no',
  ])('a text without secrets is left as it is: %s', (line) => {
    // Placeholders are no secrets.
    const placeholders = ['none', 'EMPTY', 'lm-studio', 'x', 'No', '', ' ', undefined]
    expect(redactor(['the-real-key', ...placeholders]).text(line)).toBe(line)
  })

  test('a secret of any length is taken out, in letters of either case; a short one where it stands alone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,12}$/), (key) => {
        fc.pre(!isPlaceholder(key))
        const hidden = redactor([key]).text(`"${key}", (${key.toUpperCase()})`)
        expect(hidden).toBe('"[redacted]", ([redacted])')
      }),
    )
    expect(redactor(['ab']).text('about ab, cabs and ab.')).toBe('about [redacted], cabs and [redacted].')
  })

  test('what is left of a secret that was cut off is taken out, from 8 characters on', () => {
    fc.assert(
      fc.property(keys, fc.nat(), (key, cut) => {
        const left = key.slice(0, 8 + (cut % (key.length - 7)))
        expect(redactor([key]).text(`« ${left}`)).not.toContain(left)
      }),
    )
    const { text } = redactor(['opaqueSecret0123456789', 'opaqueSecret-too'])
    expect(text('bad key opaqueSec...6789, OPAQUESECRET-TOO')).toBe('bad key [redacted]...6789, [redacted]')
  })

  test('texts of a model keep every word that is no key of 8 characters', () => {
    const { known } = redactor(['A', 'secret', 'opaqueSecret01', 'lm-studio'])
    const words = 'Winner: A; the secret of lm-studio-community, ?token=abc, Basic English, opaqueSec'
    expect(known(words)).toBe(words)
    expect(known('the key opaqueSecret01')).toBe('the key [redacted]')
  })

  test('of the query of an address, what is no secret by name stays', () => {
    expect(redactor([]).text('https://h/v1?api-version=2024-10-21&sig=abc&x=1')).toBe(
      'https://h/v1?api-version=2024-10-21&sig=[redacted]&x=1',
    )
  })

  test('taking out twice is taking out once', () => {
    fc.assert(
      fc.property(keys, fc.string(), (key, around) => {
        const { text } = redactor([key])
        const once = text(`${around} Authorization: Bearer ${key} https://u:p@host/?q=${key}`)
        expect(text(once)).toBe(once)
      }),
      { examples: [['!!!!!!!!!!!!', '']] },
    )
  })

  test('errors keep what they say, their code and their causes, and nothing else', () => {
    const { error } = redactor(['super-secret'])
    const inner = Object.assign(new Error('connect super-secret'), {
      code: 'ECONNREFUSED',
      headers: 'super-secret',
    })
    const clean = error(new TypeError('fetch failed for super-secret', { cause: inner }))
    expectHidden(clean, 'super-secret')
    expect(clean).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed for [redacted]',
      cause: { code: 'ECONNREFUSED', message: 'connect [redacted]' },
    })
  })
})

/** Servers echo what they were sent: in errors, in headers, in pages, in fields of answers. */
const echoing = (key: string): Record<string, Fault> => {
  const error = { message: `Incorrect API key provided: ${key}`, type: 'x', code: key, param: key }
  return {
    'a status with the key in its body': faults.status(
      401,
      { 'x-echo': key.replace(/[^ -~]/g, '') },
      { error },
    ),
    'a status with the key as text': faults.status(403, {}, `Bearer ${key} may not`),
    'a status with the key in another field': faults.status(
      422,
      {},
      { detail: [{ input: { authorization: key } }] },
    ),
    'a model that is not there': faults.status(404, {}, { error }),
    'an overload': faults.status(503, {}, { error }),
    'a long body, where the key would be cut': faults.status(
      400,
      {},
      { error: { message: `${'x'.repeat(290)}${key}` } },
    ),
    'a page': { kind: 'raw', status: 200, type: 'text/html', body: `<h1>${key}</h1>` },
    'malformed JSON': { kind: 'raw', status: 200, type: 'application/json', body: `{"key": "${key}` },
    'a wrong form': faults.edit(() => ({ choices: [{ message: { content: { key } } }], key })),
    'wrong logprobs': faults.edit(() => ({
      choices: [{ message: { content: 'x' }, logprobs: { content: key } }],
    })),
    'the key as an answer': faults.edit(() => ({
      choices: [{ message: { content: `Your key is ${key}` }, finish_reason: key }],
    })),
    'a reset connection': faults.reset,
    'half a body': faults.truncate,
    'no answer': faults.hang(),
  }
}

const answers = { a: ['yes'], b: ['no'] }
const messages = [{ role: 'user', content: 'Is A better?' }] as const

describe('under every fault, the key is nowhere', () => {
  test.each(Object.keys(echoing('x')))('%s', async (name) => {
    const key = 'k3y/with+odd"chars\\and=more'
    const fault = echoing(key)[name]!
    const server = await startServer(() => 'yes', { faults: () => fault })
    servers.push(server)
    const said: string[] = []
    const options = {
      baseUrl: `${server.url}?sig=${encodeURIComponent(key)}`,
      model: 'test-model',
      apiKey: key,
      headers: { 'api-key': `${key}-too` },
      extraBody: { metadata: { key } },
      timeout: 60,
      retries: 1,
      retryDelay: 1,
      onNotice: (notice: string) => said.push(notice),
    }
    const chat = openaiChatModel(options)
    const results = await Promise.allSettled([
      chat.complete({ messages }),
      chat.complete({ messages }, { signal: AbortSignal.abort(new Error(`not with ${key}`)) }),
      openaiLogprobs(options).nextToken({ messages, answers }),
      vllmLogprobs(options).nextToken({ messages, answers }),
      sglangLogprobs(options).nextToken({ messages, answers }),
      llamaCppLogprobs(options).nextToken({ messages, answers }),
      sampledVotes(chat, { samples: 2 }).nextToken({ messages, answers }),
      probeLogprobs(options),
    ])
    const providers = [vllmLogprobs, sglangLogprobs, llamaCppLogprobs, openaiLogprobs].map((make) =>
      make(options),
    )
    expectHidden([chat, providers, results, said], key)
    for (const result of results) {
      if (result.status === 'rejected') expect(JudgeError.isInstance(result.reason)).toBe(true)
    }
    // The request itself had it.
    expect(server.requests.some(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true)
  })

  test('any key, echoed by a server that refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(keys, async (key) => {
        const server = await startServer(() => 'yes', { key: 'another' })
        try {
          const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', apiKey: key })
          const error = await model.complete({ messages }).catch((thrown: unknown) => thrown)
          expect(error).toMatchObject({ code: 'SERVER_STATUS', status: 401 })
          expectHidden(error, key)
        } finally {
          await server.close()
        }
      }),
      { numRuns: 30 },
    )
  })

  test('the user in an address becomes a header, and is not shown', async () => {
    const server = await startServer(() => 'yes', { faults: [undefined, faults.status(400)] })
    servers.push(server)
    const model = openaiChatModel({
      baseUrl: server.url.replace('://', '://someone:pass%20word1@'),
      model: 'test-model',
    })
    await model.complete({ messages })
    const basic = Buffer.from('someone:pass word1').toString('base64')
    expect(server.requests[0]!.headers.authorization).toBe(`Basic ${basic}`)
    const error = await model.complete({ messages }).catch((thrown: unknown) => thrown)
    expectHidden([model, error], 'pass word1')
    expectHidden([model, error], 'someone:pass%20word1')
  })

  test('wrong options do not quote secrets', () => {
    const make = (more: object) => () => openaiChatModel({ baseUrl: 'http://h/v1', model: 'm', ...more })
    const thrown = (run: () => unknown) => {
      try {
        run()
      } catch (error) {
        return error
      }
      throw new Error('nothing was thrown')
    }
    expectHidden(thrown(make({ apiKey: 'my-secret-key\n' })), 'my-secret-key')
    expectHidden(thrown(make({ headers: { 'api-key': 'my-secret-key\u0000' } })), 'my-secret-key')
    expectHidden(thrown(make({ baseUrl: 'ftp://u:my-secret-key@h/v1' })), 'my-secret-key')
  })
})
