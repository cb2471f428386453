import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { JudgeError } from '../judge-error'
import { faults, type Script, type ServerSettings, startServer, type TestServer } from '../testing'
import { type OpenaiChatModelOptions, openaiChatModel } from './openai-chat-model'

const question = { messages: [{ role: 'user', content: 'Is A better?' }] } as const
const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const fast = { retryDelay: 1, maxRetryDelay: 2, jitterSeed: 1 } as const

async function setup(
  settings: ServerSettings = {},
  options: Partial<OpenaiChatModelOptions> = {},
  script: Script = () => 'yes',
) {
  const server = await startServer(script, settings)
  servers.push(server)
  return { server, model: openaiChatModel({ baseUrl: server.url, model: 'test-model', ...fast, ...options }) }
}

const failing = async (promise: Promise<unknown>): Promise<JudgeError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!JudgeError.isInstance(error)) throw new Error(`no JudgeError: ${inspect(error)}`)
  return error
}

describe('what is sent and read', () => {
  test('the request carries what was asked for, and nothing that was not', async () => {
    const { server, model } = await setup({}, { extraBody: { top_k: 1 } })
    const request = {
      ...question,
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 7,
      seed: 3,
      stop: ['\n'],
      sample: 2,
    }
    await model.complete(request)
    await model.complete(question)
    const messages = [{ role: 'user', content: 'Is A better?' }]
    expect(server.requests.map(({ body }) => body)).toEqual([
      {
        top_k: 1,
        temperature: 0.5,
        top_p: 0.9,
        max_tokens: 7,
        seed: 3,
        stop: ['\n'],
        model: 'test-model',
        messages,
      },
      { top_k: 1, model: 'test-model', messages },
    ])
  })

  test('nothing of the environment is sent: a key of OpenAI is not for any server', async () => {
    const environment = {
      OPENAI_API_KEY: 'sk-of-the-environment',
      OPENAI_BASE_URL: 'http://localhost:1/v1',
      OPENAI_ORG_ID: 'org-of-the-environment',
      OPENAI_PROJECT_ID: 'project-of-the-environment',
      OPENAI_CUSTOM_HEADERS: 'x-gateway: of-the-environment\nAuthorization: Bearer of-the-environment',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const { server, model } = await setup()
    const { server: keyed, model: keyedModel } = await setup({}, { apiKey: 'the-key-given' })
    await model.complete(question)
    await keyedModel.complete(question)
    vi.unstubAllEnvs()
    expect(JSON.stringify([server.requests, keyed.requests])).not.toContain('of-the-environment')
    expect(server.requests[0]!.headers.authorization).toBeUndefined()
    expect(keyed.requests[0]!.headers.authorization).toBe('Bearer the-key-given')
  })

  test('usage is the server’s, and the cost is by prices for a million tokens', async () => {
    const cached = faults.edit<{ usage: object }>((body) => ({
      ...body,
      usage: { prompt_tokens: 1000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 400 } },
    }))
    const prices = { prompt: 2, cachedPrompt: 0.5, completion: 10 }
    const { model } = await setup({ faults: [cached] }, { prices })
    const { usage } = await model.complete(question)
    expect(usage).toMatchObject({ calls: 1, cachedCalls: 0, promptTokens: 1000, completionTokens: 200 })
    // 600 at 2, 400 at 0.5 and 200 at 10, for a million each.
    expect(usage.cost).toBeCloseTo((600 * 2 + 400 * 0.5 + 200 * 10) / 1e6, 15)
  })

  test('a server that does not tell its usage is told of, once', async () => {
    const notices: string[] = []
    const onNotice = (notice: string) => notices.push(notice)
    const { model } = await setup({ faults: [faults.noUsage, faults.noUsage] }, { onNotice })
    expect((await model.complete(question)).usage).toEqual({
      calls: 1,
      cachedCalls: 0,
      promptTokens: 0,
      completionTokens: 0,
    })
    await model.complete(question)
    expect(notices).toEqual([expect.stringContaining('does not say how many tokens')])
  })

  test('lengths, filters, refusals and empty contents are results with their reason', async () => {
    const { model } = await setup({
      faults: [
        faults.finishReason('length'),
        faults.finishReason('content_filter'),
        faults.refusal('I cannot judge that'),
        faults.contentNull,
        faults.finishReason(null),
      ],
    })
    const read = async () => {
      const { text, finishReason } = await model.complete(question)
      return [text, finishReason]
    }
    expect(await read()).toEqual(['yes', 'length'])
    expect(await read()).toEqual(['yes', 'content_filter'])
    expect(await read()).toEqual(['I cannot judge that', 'refusal'])
    expect(await read()).toEqual(['', 'stop'])
    expect(await read()).toEqual(['yes', 'unknown'])
  })

  test('max_completion_tokens is learnt from the refusal, once, and told', async () => {
    const notices: string[] = []
    const refuse = faults.status(
      400,
      {},
      {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          type: 'invalid_request_error',
          param: 'max_tokens',
          code: 'unsupported_parameter',
        },
      },
    )
    const { server, model } = await setup(
      { faults: ({ body }) => (body && 'max_tokens' in body ? refuse : undefined) },
      { onNotice: (notice) => notices.push(notice) },
    )
    await model.complete({ ...question, maxTokens: 5 })
    await model.complete({ ...question, maxTokens: 6 })
    const limits = server.requests.map(({ body }) => [body?.max_tokens, body?.max_completion_tokens])
    expect(limits).toEqual([
      [5, undefined],
      [undefined, 5],
      [undefined, 6],
    ])
    expect(notices).toHaveLength(1)
    const strict = openaiChatModel({
      baseUrl: server.url,
      model: 'test-model',
      maxTokensParameter: 'max_tokens',
    })
    expect((await failing(strict.complete({ ...question, maxTokens: 5 }))).status).toBe(400)
  })
})

describe('failures', () => {
  test.each([400, 401, 403, 404, 413, 422])('status %i is final', async (status) => {
    const { server, model } = await setup({ faults: [faults.status(status)] })
    const error = await failing(model.complete(question))
    expect([error.code, error.status]).toEqual(['SERVER_STATUS', status])
    expect(error.message).toContain(`${server.url}, model "test-model", answered with status ${status}`)
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test.each([408, 409, 425, 429, 500, 502, 503, 504])('status %i is tried again', async (status) => {
    const { server, model } = await setup({ faults: [faults.status(status), faults.status(status)] })
    expect((await model.complete(question)).text).toBe('yes')
    expect(server.requests).toHaveLength(3)
  })

  test('a spent quota is final, although its status is 429', async () => {
    const body = { error: { message: 'You exceeded your quota', code: 'insufficient_quota' } }
    const { server, model } = await setup({ faults: [faults.status(429, {}, body)] })
    expect((await failing(model.complete(question))).message).toContain('You exceeded your quota')
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['a reset connection', faults.reset],
    ['half a body', faults.truncate],
    ['malformed JSON', faults.malformedJson],
  ])('%s is tried again', async (_, fault) => {
    const { server, model } = await setup({ faults: [fault] })
    expect((await model.complete(question)).text).toBe('yes')
    expect(server.requests).toHaveLength(2)
  })

  test('the last failure is told when no retries are left', async () => {
    const { server, model } = await setup({ faults: () => faults.status(500) }, { retries: 2 })
    const error = await failing(model.complete(question))
    expect([error.code, error.status]).toEqual(['RETRIES_EXHAUSTED', 500])
    expect(error.message).toMatch(/^gave up after 3 attempts; the last: .* answered with status 500/)
    expect(error.cause).toMatchObject({ code: 'SERVER_STATUS' })
    expect(server.requests).toHaveLength(3)
  })

  test('malformed JSON that does not end is a BAD_RESPONSE', async () => {
    const { model } = await setup({ faults: () => faults.malformedJson }, { retries: 0 })
    expect(await failing(model.complete(question))).toMatchObject({ code: 'BAD_RESPONSE' })
  })

  test('a page is told as one, with what may be wrong', async () => {
    const { server, model } = await setup({ faults: [faults.htmlPage()] })
    const error = await failing(model.complete(question))
    expect(error.code).toBe('BAD_RESPONSE')
    expect(error.message).toContain('a page in place of JSON')
    expect(error.message).toContain('/v1')
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['no choices', faults.emptyChoices, 'choices is []'],
    ['a list', faults.edit(() => []), 'the answer is []'],
    ['null', faults.edit(() => null), 'the answer is null'],
    [
      'an error',
      faults.edit(() => ({ error: { message: 'upstream is down' } })),
      'an error: upstream is down',
    ],
    [
      'a message that is a number',
      faults.edit(() => ({ choices: [{ message: 3 }] })),
      'choices[0].message is 3',
    ],
    [
      'content that is a number',
      faults.edit(() => ({ choices: [{ message: { content: 3 } }] })),
      'choices[0].message.content is 3',
    ],
  ])('%s is a BAD_RESPONSE that names the field', async (_, fault, words) => {
    const { model } = await setup({ faults: [fault] })
    const error = await failing(model.complete(question))
    expect(error.code).toBe('BAD_RESPONSE')
    expect(error.message).toContain(words)
  })

  test('a model that is not there: the message has those that are', async () => {
    const { server } = await setup({ model: 'the-one-model' })
    const model = openaiChatModel({ baseUrl: server.url, model: 'another' })
    const error = await failing(model.complete(question))
    expect([error.code, error.status, error.parameter]).toEqual(['SERVER_STATUS', 404, 'model'])
    expect(error.message).toContain('The server has the models: the-one-model.')
  })

  test('a key that is wrong, and one that is missing', async () => {
    const { server } = await setup({ key: 'the-right-key' })
    const options = { baseUrl: server.url, model: 'test-model' }
    const missing = await failing(openaiChatModel(options).complete(question))
    expect(missing.message).toContain('No key was sent')
    const wrong = await failing(openaiChatModel({ ...options, apiKey: 'another-key' }).complete(question))
    expect(wrong.message).toContain('Is the key that was given')
    expect((await openaiChatModel({ ...options, apiKey: 'the-right-key' }).complete(question)).text).toBe(
      'yes',
    )
    const headers = { Authorization: 'Bearer the-right-key' }
    expect((await openaiChatModel({ ...options, headers }).complete(question)).text).toBe('yes')
  })

  test('no server: it is asked for at once, without retries', async () => {
    const { server, model } = await setup()
    await server.close()
    const error = await failing(model.complete(question))
    expect(error.code).toBe('NETWORK')
    expect(error.message).toContain(`Is a server listening at ${server.url}?`)
  })

  test('a server that goes away after it has answered may come back', async () => {
    const { server, model } = await setup({}, { retries: 2 })
    await model.complete(question)
    await server.close()
    expect((await failing(model.complete(question))).code).toBe('RETRIES_EXHAUSTED')
  })

  test.each(['request', 'headers'] as const)(
    'a server that hangs after the %s ends in TIMEOUT',
    async (after) => {
      const { model } = await setup({ faults: () => faults.hang(after) }, { timeout: 50, retries: 0 })
      const error = await failing(model.complete(question))
      expect(error.code).toBe('TIMEOUT')
      expect(error.message).toContain('no whole answer within 50 ms')
    },
  )

  test('a temperature that a reasoning model does not take is explained', async () => {
    const message = "Unsupported value: 'temperature' does not support 0 with this model."
    const { model } = await setup({ faults: [faults.status(400, {}, { error: { message } })] })
    const error = await failing(model.complete({ ...question, temperature: 0 }))
    expect(error.message).toContain('leave temperature out')
  })

  test('wrong options and requests are refused before anything is sent', async () => {
    const base = { baseUrl: 'http://localhost:1/v1', model: 'x' }
    const options: [Partial<OpenaiChatModelOptions> & Record<string, unknown>, string][] = [
      [{ baseUrl: 'localhost' }, 'baseUrl'],
      [{ baseUrl: 'ftp://host/v1' }, 'baseUrl'],
      [{ model: '' }, 'model'],
      [{ timeout: 0 }, 'timeout'],
      [{ retries: 1.5 }, 'retries'],
      [{ concurrency: 0 }, 'concurrency'],
      [{ prices: { prompt: -1, completion: 0 } }, 'prices.prompt'],
      [{ temperature: 1 }, 'temperature'],
      [{ maxTokensParameter: 'tokens' as 'auto' }, 'maxTokensParameter'],
      [{ apiKey: 'line\nbreak' }, 'apiKey'],
      [{ headers: { 'x y': '1' } }, 'headers'],
      [{ baseUrl: 'http://a:b@localhost/v1', apiKey: 'x' }, 'apiKey'],
    ]
    for (const [wrong, parameter] of options) {
      expect(() => openaiChatModel({ ...base, ...wrong })).toThrow(
        expect.objectContaining({ name: 'JudgeError', parameter }),
      )
    }
    const model = openaiChatModel(base)
    expect((await failing(model.complete({ messages: [] }))).code).toBe('EMPTY')
    expect((await failing(model.complete({ ...question, topP: 2 }))).parameter).toBe('topP')
  })
})

describe('Retry-After', () => {
  const gap = (server: TestServer) => server.requests[1]!.at - server.requests[0]!.at

  test.each([
    ['retry-after-ms', faults.status(429, { 'retry-after-ms': '150', 'retry-after': '100' }), 150],
    ['seconds', faults.status(503, { 'retry-after': '0.2' }), 200],
  ])('%s are waited for', async (_, fault, milliseconds) => {
    const { server, model } = await setup({ faults: [fault] })
    await model.complete(question)
    expect(gap(server)).toBeGreaterThanOrEqual(milliseconds - 2)
  })

  test('an HTTP date is waited for', async () => {
    const settings = { faults: [faults.unavailable(new Date(Date.now() + 2000))] }
    const { server, model } = await setup(settings)
    await model.complete(question)
    // Dates have whole seconds: of two, one and a bit is left at least.
    expect(gap(server)).toBeGreaterThan(500)
  })

  test('while it runs, nobody sends', async () => {
    const pause = faults.status(429, { 'retry-after-ms': '200' })
    const { server, model } = await setup({ faults: [pause] })
    const first = model.complete(question)
    await expect.poll(() => server.requests.length).toBe(1)
    await Promise.all([first, ...Array.from({ length: 5 }, () => model.complete(question))])
    const [refused, ...later] = server.requests
    const early = later.filter(({ at }) => at - refused!.at > 50 && at - refused!.at < 198)
    expect(server.requests).toHaveLength(7)
    expect(early).toEqual([])
  })

  test('one that is too long is an error that says so', async () => {
    const { model } = await setup({ faults: [faults.tooManyRequests(3600)] })
    const error = await failing(model.complete(question))
    expect(error.code).toBe('SERVER_STATUS')
    expect(error.message).toContain('asks to wait 3600 s, longer than maxRetryAfter')
  })
})

describe('aborting', () => {
  test('before, while waiting for a place, under way, in the middle of a body and between attempts', async () => {
    const started = async (settings: ServerSettings, options: Partial<OpenaiChatModelOptions> = {}) => {
      const { server, model } = await setup(settings, options)
      const stop = new AbortController()
      const blocking =
        options.concurrency === 1 ? model.complete(question, { signal: stop.signal }) : undefined
      const result = failing(model.complete(question, { signal: stop.signal }))
      await expect.poll(() => server.requests.length).toBe(1)
      stop.abort(new Error('enough'))
      await blocking?.catch(() => {})
      return result
    }
    const aborted = { code: 'ABORTED', cause: { message: 'enough' } }
    const { server, model } = await setup()
    const stopped = AbortSignal.abort(new Error('enough'))
    expect(await failing(model.complete(question, { signal: stopped }))).toMatchObject(aborted)
    expect(server.requests).toHaveLength(0)
    expect(await started({ faults: () => faults.hang() })).toMatchObject(aborted)
    expect(await started({ faults: () => faults.hang() }, { concurrency: 1 })).toMatchObject(aborted)
    expect(await started({ faults: () => faults.hang('headers') })).toMatchObject(aborted)
    expect(await started({ faults: () => faults.tooManyRequests(60) })).toMatchObject(aborted)
    expect(
      await started({ faults: () => faults.status(500) }, { retryDelay: 6e4, maxRetryDelay: 6e4 }),
    ).toMatchObject(aborted)
  })
})

test('never more requests at once than the limit, and all of them are answered', async () => {
  const { server, model } = await setup(
    { faults: () => faults.slow(5) },
    { concurrency: 3 },
    ({ messages }) => messages[0]!.content,
  )
  const asked = Array.from({ length: 40 }, (_, i) => `question ${i}`)
  const answers = await Promise.all(
    asked.map((content) => model.complete({ messages: [{ role: 'user', content }] })),
  )
  expect(answers.map(({ text }) => text)).toEqual(asked)
  expect(server.mostAtOnce()).toBe(3)
})

test('a server that refuses more than four at once is found out, and all are answered', async () => {
  let active = 0
  const script: Script = async () => {
    active++
    await new Promise((resolve) => setTimeout(resolve, 5))
    active--
    return 'yes'
  }
  const busy = faults.status(503, { 'retry-after-ms': '10' })
  const { server, model } = await setup(
    { faults: () => (active >= 4 ? busy : undefined) },
    { concurrency: 32, retries: 50 },
    script,
  )
  const answers = await Promise.all(Array.from({ length: 150 }, () => model.complete(question)))
  expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 150 }, () => 'yes'))
  // Without adapting, nearly all of 32 at once would be refused each time, again and again.
  expect(server.requests.length).toBeLessThan(150 * 3)
  expect(server.requests.length).toBeGreaterThan(150)
})
