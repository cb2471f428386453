import { afterEach, expect, test } from 'vitest'
import { JudgeError } from '../judge-error'
import { type Fault, faults, type ServerSettings, startServer, type TestServer } from '../testing'
import { adaptiveLimit } from './adaptive-limit'
import { connect } from './connection'
import { type OpenaiChatModelOptions, openaiChatModel } from './openai-chat-model'

const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const question = { messages: [{ role: 'user', content: 'Is A better?' }] } as const

async function setup(list: ServerSettings['faults'], options: Partial<OpenaiChatModelOptions> = {}) {
  const server = await startServer(() => 'yes', list ? { faults: list } : {})
  servers.push(server)
  const model = openaiChatModel({ baseUrl: server.url, model: 'test-model', jitterSeed: 1, ...options })
  return { server, model }
}

/** A limit that tells of its pauses in place of making them. */
const toldPauses = () => {
  const pauses: number[] = []
  return {
    pauses,
    limit: { ...adaptiveLimit(1), pause: (milliseconds: number) => pauses.push(milliseconds) },
  }
}

test('one who is asked to wait too long fails alone: nobody else is held up', async () => {
  const { pauses, limit } = toldPauses()
  const { model } = await setup([faults.tooManyRequests(3600)], { limit, maxRetryAfter: 100 })
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => model.complete(question)))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(outcomes[0]).toMatchObject({ reason: { code: 'SERVER_STATUS', parameter: 'maxRetryAfter' } })
  expect(pauses).toEqual([])
})

test('a wait that is not too long is everyone’s, and some more, at random', async () => {
  const { pauses, limit } = toldPauses()
  const { model } = await setup([faults.status(429, { 'retry-after-ms': '50' })], { limit, retryDelay: 20 })
  await model.complete(question)
  expect(pauses).toHaveLength(1)
  expect(pauses[0]).toBeGreaterThan(50)
  expect(pauses[0]).toBeLessThan(70)
})

test.each([
  ['an overloaded server that asks for no wait', 429, { 'retry-after': '0' }],
  ['an overloaded server that asks for a short wait', 429, { 'retry-after-ms': '1' }],
  ['a failing server that asks for no wait', 500, { 'retry-after': '0' }],
])('%s is left alone for longer each time all the same', async (_, status, headers) => {
  const waits = { retryDelay: 100, maxRetryDelay: 400, retries: 5 }
  const { server, model } = await setup(() => faults.status(status, headers), waits)
  await expect(model.complete(question)).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED' })
  const times = server.requests.map(({ at }) => at)
  expect(times).toHaveLength(6)
  // By the seed; without any backoff it is a few milliseconds.
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(400)
})

test('two who were told the same wait come back at different times', async () => {
  const times: number[] = []
  for (const jitterSeed of [1, 2]) {
    const fault = faults.status(429, { 'retry-after-ms': '20' })
    const { server, model } = await setup([fault], { jitterSeed, retryDelay: 1000 })
    await model.complete(question)
    times.push(server.requests[1]!.at - server.requests[0]!.at)
  }
  expect(Math.abs(times[0]! - times[1]!)).toBeGreaterThan(20)
})

test('a timeout of months is one: the answer is waited for', async () => {
  const { model } = await setup(() => faults.slow(30), { timeout: 2 ** 31, retries: 0 })
  expect((await model.complete(question)).text).toBe('yes')
})

test.each<[string, Fault, string]>([
  ['a key that is refused', faults.status(401), 'apiKey'],
  ['a key without rights', faults.status(403), 'apiKey'],
  ['a prompt that is too long', faults.status(413), 'messages'],
  ['too many requests', faults.status(429), 'concurrency'],
  ['a model that is not there', faults.status(404), 'model'],
  ['an error of the server', faults.status(500), 'baseUrl'],
  ['a page', faults.htmlPage(), 'baseUrl'],
  ['no answer in time', faults.hang(), 'timeout'],
])('%s: the error names the option', async (_, fault, parameter) => {
  const { model } = await setup(() => fault, { retries: 0, timeout: 100 })
  await expect(model.complete(question)).rejects.toMatchObject({ name: 'JudgeError', parameter })
})

test('attempts that all fail have the option of the last', async () => {
  const { model } = await setup(() => faults.status(429), { retries: 1, retryDelay: 1 })
  await expect(model.complete(question)).rejects.toMatchObject({
    code: 'RETRIES_EXHAUSTED',
    parameter: 'concurrency',
  })
})

test('an abort is told as one, even where its reason is another error of ours', async () => {
  const stop = new AbortController()
  const { server, model } = await setup(() => faults.status(500), { retryDelay: 6e4, maxRetryDelay: 6e4 })
  const result = model.complete(question, { signal: stop.signal })
  const rejected = expect(result).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'spent' } })
  await expect.poll(() => server.requests.length).toBe(1)
  stop.abort(new JudgeError('BUDGET_SPENT', 'maxCost', 'spent'))
  await rejected
})

test('an answer that is no JSON is given as it stands where a text is asked for', async () => {
  const server = await startServer(() => 'yes', { faults: [faults.htmlPage()] })
  servers.push(server)
  const { request } = connect({ baseUrl: server.url, model: 'test-model' })
  const call = { method: 'post', path: '/chat/completions', body: question } as const
  expect(await request({ ...call, answer: 'text' })).toMatch(/^<!doctype html>/)
  expect(await request({ ...call, answer: 'text' })).toMatch(/^\{"id"/)
})
