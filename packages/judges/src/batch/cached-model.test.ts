import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChatModel, ChatRequest } from '../chat-model'
import type { LogprobProvider, NextTokenAnswer } from '../logprob-provider'
import { type AnswerCache, memoryCache } from './answer-cache'
import { cachedLogprobs, cachedModel } from './cached-model'
import { diskCache } from './disk-cache'
import { until } from './testing/until'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

const usage = { calls: 1, cachedCalls: 0, promptTokens: 12, completionTokens: 3, cost: 0.25 }
const hit = { calls: 0, cachedCalls: 1, promptTokens: 0, completionTokens: 0, cost: 0 }

/** A model that says how often it was asked, when it is let. */
function counting(identity: Readonly<Record<string, unknown>> = { model: 'm' }) {
  const asked: (AbortSignal | undefined)[] = []
  const gates: (() => void)[] = []
  const open = () => {
    for (const gate of gates.splice(0)) gate()
  }
  const state = { asked, isHeld: false, failures: 0, open }
  const model: ChatModel = {
    name: 'counting',
    identity,
    complete: async (_, { signal } = {}) => {
      const count = asked.push(signal)
      if (state.isHeld)
        await new Promise<void>((resolve, reject) => {
          gates.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason))
        })
      if (state.failures-- > 0) throw new Error('overloaded')
      return { text: `answer ${count}`, finishReason: 'stop', usage }
    },
  }
  return { model, state }
}

const request: ChatRequest = { messages: [{ role: 'user', content: 'Which?' }], temperature: 1 }

test.each<[string, () => AnswerCache]>([
  ['memory', memoryCache],
  ['disk', () => diskCache(folder)],
])('the same request is answered from %s, at no cost', async (_, makeCache) => {
  const { model, state } = counting()
  const cached = cachedModel(model, makeCache())
  const first = await cached.complete(request)
  expect(first).toEqual({ text: 'answer 1', finishReason: 'stop', usage })
  const reordered: ChatRequest = {
    temperature: 1,
    sample: 0,
    messages: [{ content: 'Which?', role: 'user' }],
  }
  const { signal } = new AbortController()
  for (const same of [request, reordered, { ...request, seed: undefined as never }])
    expect(await cached.complete(same, { signal })).toEqual({ ...first, usage: hit })
  expect(state.asked).toHaveLength(1)
})

test('whatever changes the answer changes the key', async () => {
  const { model, state } = counting()
  const cache = memoryCache()
  const requests: ChatRequest[] = [
    request,
    { ...request, sample: 1 },
    { ...request, temperature: 0 },
    { ...request, maxTokens: 5 },
    { ...request, stop: ['x'] },
    { ...request, messages: [{ role: 'system', content: 'Which?' }] },
  ]
  for (const each of requests) await cachedModel(model, cache).complete(each)
  expect(state.asked).toHaveLength(requests.length)
  const other = counting({ model: 'n' })
  await cachedModel(other.model, cache).complete(request)
  expect(other.state.asked).toHaveLength(1)
})

test('failures are not kept', async () => {
  const { model, state } = counting()
  state.failures = 1
  const cached = cachedModel(model, diskCache(folder))
  await expect(cached.complete(request)).rejects.toThrow('overloaded')
  expect((await cached.complete(request)).text).toBe('answer 2')
})

test('asked several times at once it is paid once', async () => {
  const { model, state } = counting()
  state.isHeld = true
  const cached = cachedModel(model, memoryCache())
  const all = Promise.all([1, 2, 3].map(() => cached.complete(request)))
  await until(() => state.asked.length === 1)
  state.open()
  expect((await all).map((each) => [each.text, each.usage])).toEqual([
    ['answer 1', usage],
    ['answer 1', hit],
    ['answer 1', hit],
  ])
  expect(state.asked).toHaveLength(1)
})

test('who leaves does not stop the call for others, and the last one who leaves does', async () => {
  const { model, state } = counting()
  state.isHeld = true
  const cached = cachedModel(model, memoryCache())
  const controllers = [new AbortController(), new AbortController()]
  const calls = controllers.map(({ signal }) =>
    cached.complete(request, { signal }).catch((error: Error) => error),
  )
  await until(() => state.asked.length === 1)
  controllers[0]!.abort(new Error('first left'))
  expect(await calls[0]).toMatchObject({ message: 'first left' })
  expect(state.asked[0]!.aborted).toBe(false)
  controllers[1]!.abort(new Error('second left'))
  expect(await calls[1]).toMatchObject({ message: 'second left' })
  expect(state.asked[0]!.aborted).toBe(true)
  state.isHeld = false
  expect((await cached.complete(request)).text).toBe('answer 2')
  await expect(cached.complete(request, { signal: controllers[0]!.signal })).rejects.toThrow('first left')
})

test('the one who stays is charged where the one who asked has left', async () => {
  const { model, state } = counting()
  state.isHeld = true
  const cached = cachedModel(model, memoryCache())
  const first = new AbortController()
  const left = cached.complete(request, { signal: first.signal }).catch(() => {})
  const stays = cached.complete(request)
  await until(() => state.asked.length === 1)
  first.abort()
  await left
  state.open()
  expect((await stays).usage).toEqual(usage)
})

test('probabilities of the next token are kept, impossible ones too', async () => {
  const answer: NextTokenAnswer = {
    provenance: 'exact',
    logprobs: { yes: -0.25, no: Number.NEGATIVE_INFINITY },
    unseen: { yes: 0, no: 0 },
    usage,
  }
  let asked = 0
  const provider: LogprobProvider = {
    name: 'p',
    identity: { model: 'm' },
    nextToken: async () => {
      asked += 1
      return answer
    },
  }
  const question = { messages: request.messages, answers: { yes: ['yes'], no: ['no'] } }
  for (const cache of [diskCache(folder), memoryCache()]) {
    const cached = cachedLogprobs(provider, cache)
    expect(await cached.nextToken(question)).toEqual(answer)
    expect(await cached.nextToken(question)).toEqual({ ...answer, usage: hit })
  }
  expect(asked).toBe(2)
})

test('the disk has neither prompts nor what the identity says', async () => {
  const { model } = counting({ model: 'm', account: 'sk-very-secret' })
  await cachedModel(model, diskCache(folder)).complete(request)
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
  )
  expect(texts).toHaveLength(1)
  expect(texts.join()).toContain('answer 1')
  expect(texts.join()).not.toMatch(/sk-very-secret|Which/)
})

test('an answer from the cache has no cost where the model says none', async () => {
  const { cost: _, ...unpriced } = usage
  const model: ChatModel = {
    name: 'm',
    identity: {},
    complete: async () => ({ text: 'a', finishReason: 'stop', usage: unpriced }),
  }
  const cached = cachedModel(model, memoryCache())
  await cached.complete(request)
  expect((await cached.complete(request)).usage).not.toHaveProperty('cost')
})

test('a cache that fails, or has something else, costs no answer, and is told of once', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  const { model, state } = counting()
  const broken: AnswerCache = {
    get: async () => {
      throw new Error('connect redis://user:hunter2secret@host:6379')
    },
    set: async () => {
      throw new Error('read only')
    },
  }
  const cached = cachedModel(model, broken)
  expect((await cached.complete(request)).text).toBe('answer 1')
  expect((await cached.complete(request)).text).toBe('answer 2')
  for (const found of ['text', { text: 'half' }, { usage }, null]) {
    const strange = cachedModel(model, { get: async () => found, set: async () => {} })
    expect((await strange.complete(request)).text).toBe(`answer ${state.asked.length}`)
  }
  await until(() => warnings.length === 6)
  process.off('warning', listen)
  const messages = warnings.map(({ message }) => message)
  expect(messages.slice(0, 2)).toEqual([
    expect.stringContaining('cannot be read from the cache: connect redis://[redacted]@host'),
    'answers cannot be kept in the cache: read only',
  ])
})

test('an answer that JSON cannot hold is given, and told of', async () => {
  const answer = { provenance: 'top-k', logprobs: { yes: -1 }, unseen: { yes: Number.NaN }, usage } as const
  const provider: LogprobProvider = { name: 'p', identity: {}, nextToken: async () => answer }
  const faults: string[] = []
  const cache = diskCache(folder, { onFault: ({ kind }) => faults.push(kind) })
  const question = { messages: request.messages, answers: { yes: ['yes'] } }
  expect(await cachedLogprobs(provider, cache).nextToken(question)).toEqual(answer)
  expect(faults).toEqual(['unwritable'])
})

test('a kept answer is told as it was paid for the first time, where that is wanted', async () => {
  const { model, state } = counting()
  const cached = cachedModel(model, memoryCache(), { usage: 'first' })
  const request: ChatRequest = { messages: [{ role: 'user', content: 'Why?' }] }
  const both = await Promise.all([cached.complete(request), cached.complete(request)])
  const again = await cached.complete(request)
  expect([...both, again].map((each) => each.usage)).toEqual([usage, usage, usage])
  expect(state.asked).toHaveLength(1)
  expect(() => cachedModel(model, memoryCache(), { usage: 'paid' as never })).toThrow(
    'expected one of nothing, first',
  )
})
