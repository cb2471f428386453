import { afterEach, describe, expect, test } from 'vitest'
import type { LogprobProvider, NextTokenRequest } from '../logprob-provider'
import { constantScript, type Fault, faults, type ServerKind, startServer, type TestServer } from '../testing'
import { llamaCppLogprobs } from './llama-cpp-logprobs'
import { ollamaLogprobs } from './ollama-logprobs'
import { openaiLogprobs } from './openai-logprobs'
import { type ProbeLogprobsOptions, probeLogprobs } from './probe-logprobs'
import type { ServerOptions } from './server-options'
import { sglangLogprobs } from './sglang-logprobs'
import { vllmLogprobs } from './vllm-logprobs'

// The forms of requests and answers are those of the programs' sources: see ../testing/routes.ts.

const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const next = { yes: 0.4, ' yes': 0.1, Yes: 0.05, no: 0.2, ' no': 0.05 }
const question: NextTokenRequest = {
  messages: [
    { role: 'system', content: 'Say yes or no.' },
    { role: 'user', content: 'Is A better than B?' },
  ],
  answers: { a: ['yes', 'Yes', ' yes', 'yes indeed'], b: ['no', 'No', ' no'] },
}

async function start(kind: ServerKind, list?: readonly (Fault | undefined)[] | (() => Fault)) {
  const server = await startServer(constantScript(next), { kind, ...(list ? { faults: list } : {}) })
  servers.push(server)
  const options: ServerOptions = { baseUrl: server.url, model: 'test-model', retryDelay: 1, retries: 1 }
  return { server, options }
}

/** 0.2 of the probability is spread evenly over the 59 tokens of the vocabulary that the script does not name. */
const rest = 0.2 / 59

const truth = { a: 0.55, b: 0.25 + rest }

async function expectTruth(provider: LogprobProvider) {
  const answer = await provider.nextToken(question)
  expect(answer).toMatchObject({ provenance: 'exact', unseen: { a: 0, b: 0 } })
  expect(Math.exp(answer.logprobs.a!)).toBeCloseTo(truth.a, 10)
  expect(Math.exp(answer.logprobs.b!)).toBeCloseTo(truth.b, 10)
  return answer
}

describe('exact', () => {
  test.each(['token-ids', 'generative-scoring'] as const)('vLLM by %s', async (method) => {
    const { server, options } = await start('vllm')
    const provider = vllmLogprobs({ ...options, method })
    const { usage } = await expectTruth(provider)
    expect(usage.calls).toBe(method === 'token-ids' ? 1 : 6)
    expect(usage.promptTokens).toBeGreaterThan(10)
    const before = server.requests.length
    await expectTruth(provider)
    // Spellings are tokenized once: then it is the prompt, and the probabilities.
    const paths = server.requests.slice(before).map(({ path }) => path)
    expect(paths.filter((path) => path === '/tokenize')).toHaveLength(1)
    expect(paths).not.toContain('/detokenize')
  })

  test('vLLM by generative-scoring: where one label fails, no further one is paid for', async () => {
    const server = await startServer(constantScript(next), {
      kind: 'vllm',
      faults: ({ path }) => (path === '/generative_scoring' ? faults.status(400) : undefined),
    })
    servers.push(server)
    const options = { baseUrl: server.url, model: 'test-model', concurrency: 1 }
    const provider = vllmLogprobs({ ...options, method: 'generative-scoring' })
    await expect(provider.nextToken(question)).rejects.toMatchObject({ status: 400 })
    expect(server.requests.filter(({ path }) => path === '/generative_scoring')).toHaveLength(1)
  })

  test.each(['score', 'generate'] as const)('SGLang by %s', async (method) => {
    const { options } = await start('sglang')
    const { usage } = await expectTruth(
      sglangLogprobs({ ...options, method, prices: { prompt: 1e6, completion: 0 } }),
    )
    expect(usage.promptTokens).toBeGreaterThan(10)
    expect(usage.cost).toBe(usage.promptTokens)
  })

  test('llama.cpp by its whole vocabulary', async () => {
    const { server, options } = await start('llama.cpp')
    await expectTruth(llamaCppLogprobs(options))
    const completion = server.requests.find(({ path }) => path === '/completion')
    expect(completion?.body).toMatchObject({
      prompt: '<|system|>\nSay yes or no.\n<|user|>\nIs A better than B?\n<|assistant|>\n',
      n_predict: 1,
      n_probs: 64,
      post_sampling_probs: false,
    })
    // A router has several models, and answers by another one where none is named.
    const posts = server.requests.filter(({ method }) => method === 'POST')
    expect(posts.map(({ path, body }) => [path, body?.model])).toEqual([
      ['/apply-template', 'test-model'],
      ['/completion', 'test-model'],
    ])
  })

  test.each([
    ['vllm', vllmLogprobs, '/detokenize', 2 * 7],
    ['llama.cpp', llamaCppLogprobs, '/v1/models', 1],
  ] as const)(
    '%s: what stays as it is is asked for once, by however many',
    async (kind, provider, path, times) => {
      const { server, options } = await start(kind)
      const asked = provider(options)
      const stop = new AbortController()
      const stopped = asked.nextToken(question, { signal: stop.signal })
      const others = Promise.all([1, 2, 3].map(() => asked.nextToken(question)))
      stop.abort(new Error('enough'))
      await expect(stopped).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } })
      await others
      // Of each spelling of a token or several, the whole and what comes before its last token.
      expect(server.requests.filter((request) => request.path === path)).toHaveLength(times)
    },
  )

  test('an answer that no single token spells is refused by name', async () => {
    const { options } = await start('vllm')
    const answers = { a: ['yes'], b: ['certainly not'] }
    await expect(vllmLogprobs(options).nextToken({ ...question, answers })).rejects.toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining('no spelling of the answer b ("certainly not") is a single token'),
    })
  })
})

describe('top-k', () => {
  test.each([
    ['openai', openaiLogprobs],
    ['ollama', ollamaLogprobs],
    ['llama.cpp', llamaCppLogprobs],
  ] as const)('%s: what was seen and its bound hold the truth between them', async (kind, provider) => {
    const { options } = await start(kind)
    const answer = await provider({ ...options, topLogprobs: 3 }).nextToken(question)
    expect(answer.provenance).toBe('top-k')
    // The three likeliest are yes, no and " yes".
    expect(Math.exp(answer.logprobs.a!)).toBeCloseTo(0.5, 10)
    expect(Math.exp(answer.logprobs.b!)).toBeCloseTo(0.2, 10)
    expect(answer.unseen!.a).toBeGreaterThanOrEqual(truth.a - 0.5)
    expect(answer.unseen!.b).toBeGreaterThanOrEqual(truth.b - 0.2)
    expect(answer.usage.calls).toBe(1)
  })

  test.each([
    ['missing', undefined, 'choices[0].logprobs is missing'],
    ['null', null, 'choices[0].logprobs is null'],
    ['a number', 3, 'choices[0].logprobs is 3'],
    ['without content', {}, 'choices[0].logprobs.content is missing'],
    ['null content', { content: null }, 'choices[0].logprobs.content is null'],
    ['empty content', { content: [] }, 'choices[0].logprobs.content is []'],
    ['no list of tokens', { content: [{ token: 'yes', logprob: -1 }] }, 'top_logprobs is missing'],
    ['an empty list', { content: [{ token: 'yes', logprob: -1, top_logprobs: [] }] }, 'top_logprobs is []'],
    [
      'a logprob that is a text',
      { content: [{ token: 'yes', logprob: -1, top_logprobs: [{ token: 'yes', logprob: '-1' }] }] },
      'top_logprobs[0] is {"token":"yes","logprob":"-1"}',
    ],
    [
      'a logprob above 0',
      { content: [{ token: 'yes', logprob: -1, top_logprobs: [{ token: 'yes', logprob: 2 }] }] },
      'expected a token and a logprob of at most 0',
    ],
    [
      'the form of completions',
      { tokens: ['yes'], token_logprobs: [-1], top_logprobs: [{ yes: -1 }] },
      'content',
    ],
  ])('logprobs that are %s are named', async (_, logprobs, words) => {
    const { options } = await start('openai', [faults.logprobs(logprobs)])
    await expect(openaiLogprobs(options).nextToken(question)).rejects.toMatchObject({
      name: 'JudgeError',
      code: 'NO_LOGPROBS',
      message: expect.stringContaining(words),
    })
  })

  test('tokens in other spellings and without bytes are matched', async () => {
    const top_logprobs = [
      { token: 'Ġyes', logprob: Math.log(0.5) },
      { token: '▁no', logprob: Math.log(0.25), bytes: null },
    ]
    const content = [{ token: 'Ġyes', logprob: Math.log(0.5), top_logprobs }]
    const { options } = await start('openai', [faults.logprobs({ content })])
    const { logprobs } = await openaiLogprobs(options).nextToken(question)
    expect(logprobs).toEqual({ a: Math.log(0.5), b: Math.log(0.25) })
  })
})

describe('answers of another form', () => {
  test.each([
    [
      'vLLM',
      'vllm',
      vllmLogprobs,
      '/v1/completions',
      { choices: [{ logprobs: { top_logprobs: [{ yes: -1 }] } }] },
    ],
    ['vLLM', 'vllm', vllmLogprobs, '/v1/completions', { choices: [] }],
    ['SGLang', 'sglang', sglangLogprobs, '/v1/score', { scores: [[0.5]] }],
    ['SGLang', 'sglang', sglangLogprobs, '/v1/score', { scores: [[0.1, 0.2, 0.3, 0.1, 2, '']] }],
    ['llama.cpp', 'llama.cpp', llamaCppLogprobs, '/completion', { content: 'yes' }],
    [
      'llama.cpp',
      'llama.cpp',
      llamaCppLogprobs,
      '/completion',
      { completion_probabilities: [{ top_probs: [] }] },
    ],
  ] as const)('%s (%s)', async (_, kind, provider, path, wrong) => {
    const server = await startServer(constantScript(next), {
      kind,
      faults: (request) => (request.path === path ? faults.edit(() => wrong) : undefined),
    })
    servers.push(server)
    await expect(
      provider({ baseUrl: server.url, model: 'test-model' }).nextToken(question),
    ).rejects.toMatchObject({
      name: 'JudgeError',
      code: 'NO_LOGPROBS',
    })
  })
})

describe('probing', () => {
  const probe = async (kind: ServerKind, more: Partial<ProbeLogprobsOptions> = {}) => {
    const { server, options } = await start(kind)
    return { server, ...(await probeLogprobs({ ...options, ...more })) }
  }

  test.each([
    ['vllm', 'vllm', 'exact', '/completions with logprob_token_ids'],
    ['sglang', 'sglang', 'exact', '/score'],
    ['llama.cpp', 'llama.cpp', 'exact', '/completion'],
    ['ollama', 'ollama', 'top-k', '/chat/completions with top_logprobs'],
    ['openai', 'unknown', 'top-k', '/chat/completions with top_logprobs'],
    ['lmstudio', 'unknown', 'sampled', '4 sampled answers'],
  ] as const)('%s', async (kind, program, provenance, method) => {
    const notices: string[] = []
    const onNotice = (notice: string) => notices.push(notice)
    const { provider, capabilities } = await probe(kind, { sampling: { samples: 4 }, onNotice })
    expect(capabilities).toMatchObject({ program, provenance, method })
    expect((await provider.nextToken(question)).provenance).toBe(provenance)
    // Only votes are something else than what was asked for.
    expect(notices.filter((notice) => notice.includes('sampled'))).toHaveLength(
      provenance === 'sampled' ? 1 : 0,
    )
    expect(capabilities.attempts.at(-1)).toMatchObject({ works: true })
    for (const { tried, answer } of capabilities.attempts) expect([tried, answer]).not.toContain('')
  })

  test('an older vLLM, which ignores logprob_token_ids, is asked by /generative_scoring', async () => {
    const server = await startServer(constantScript(next), {
      kind: 'vllm',
      faults: ({ path }) =>
        path === '/v1/completions'
          ? faults.edit(() => ({ choices: [{ logprobs: { top_logprobs: [{ yes: -1 }] } }] }))
          : undefined,
    })
    servers.push(server)
    const { capabilities } = await probeLogprobs({ baseUrl: server.url, model: 'test-model' })
    expect(capabilities).toMatchObject({ method: '/generative_scoring', provenance: 'exact' })
    expect(capabilities.attempts.map(({ works }) => works)).toEqual([false, true, false, true])
  })

  test('votes that are not wanted are an error', async () => {
    await expect(probe('lmstudio', { allowSampled: false })).rejects.toMatchObject({ code: 'NO_LOGPROBS' })
  })

  test('what is no answer about a capability is an error, not a fall back', async () => {
    const failing = async (list: () => Fault) => {
      const { options } = await start('openai', list)
      return probeLogprobs({ ...options, timeout: 50, retries: 0 })
    }
    await expect(failing(() => faults.status(500))).rejects.toMatchObject({
      code: 'SERVER_STATUS',
      status: 500,
    })
    await expect(failing(() => faults.status(401))).rejects.toMatchObject({
      code: 'SERVER_STATUS',
      status: 401,
    })
    await expect(failing(() => faults.hang())).rejects.toMatchObject({ code: 'TIMEOUT' })
    await expect(failing(() => faults.htmlPage())).rejects.toMatchObject({ code: 'BAD_RESPONSE' })
    const { server, options } = await start('openai')
    await server.close()
    await expect(probeLogprobs(options)).rejects.toMatchObject({ code: 'NETWORK' })
  })
})
