import { pairwiseReasoningFormat, pairwiseYesNoFormat, pointwiseFormat } from '@prefkit/rubrics'
import { afterEach, expect, test } from 'vitest'
import { openaiChatModel } from '../models/openai-chat-model'
import { probeLogprobs } from '../models/probe-logprobs'
import { type Asked, faults, type Script, type ServerKind, startServer, type TestServer } from '../testing'
import { generativeJudge } from './generative-judge'
import { logprobJudge } from './logprob-judge'
import { pointwiseJudge } from './pointwise-judge'
import { pairOf } from './testing/scripted'

const servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(script: Script, settings: Parameters<typeof startServer>[1] = {}) {
  const server = await startServer(script, settings)
  servers.push(server)
  return { server, options: { baseUrl: server.url, model: 'test-model', retryDelay: 1 } }
}

const pair = pairOf('the good one', 'the poor one')

const isGoodFirst = ({ prompt }: Asked): boolean =>
  prompt.indexOf('the good one') < prompt.indexOf('the poor one')

/** Likes what is good, and what is first: ½ (0.85 + 0.45) without the place. */
const biased: Script = (asked) => ({
  text: 'yes',
  next: isGoodFirst(asked) ? { yes: 0.85, no: 0.15 } : { yes: 0.55, no: 0.45 },
})

test.each<[ServerKind, string]>([
  ['vllm', 'exact'],
  ['sglang', 'exact'],
  ['openai', 'top-k'],
  ['ollama', 'top-k'],
])('the log-probabilities of %s give ½ [P(yes | a, b) + P(no | b, a)], %s', async (kind, provenance) => {
  const { options } = await serve(biased, { kind })
  const { provider } = await probeLogprobs(options)
  const judge = logprobJudge(provider, pairwiseYesNoFormat())
  const judgement = await judge.compare(pair)
  expect(judgement.winProbability).toBeCloseTo(0.65, 8)
  // b first: P(a) = 0.45, so the orders contradict each other.
  expect(judgement).toMatchObject({ verdict: 'a', provenance, consistent: false })
  const swapped = await judge.compare(pairOf(pair.b, pair.a))
  expect(swapped).toMatchObject({ verdict: 'b', winProbability: expect.closeTo(0.35, 8) })
})

test('a judge that writes its reasons is read through lost connections and refusals', async () => {
  const script: Script = (asked) =>
    `The ${isGoodFirst(asked) ? 'first' : 'second'} is right. \n[[${isGoodFirst(asked) ? 'A' : 'B'}]]`
  const { server, options } = await serve(script, {
    faults: [faults.status(429), faults.reset, undefined, faults.status(500)],
  })
  const judge = generativeJudge(openaiChatModel(options), pairwiseReasoningFormat(), {
    votes: 3,
    temperature: 0.7,
  })
  const judgement = await judge.compare(pair)
  expect(judgement).toMatchObject({ verdict: 'a', winProbability: 1, consistent: true, usage: { calls: 6 } })
  expect(judgement.readings.every(({ parse }) => parse === 'exact')).toBe(true)
  expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(9)
})

test('a pointwise judge scores over HTTP, and no key is in its identity', async () => {
  const script: Script = ({ prompt }) =>
    `Evaluation. <answer>${prompt.includes('the good one') ? 8 : 3}</answer>`
  const { options } = await serve(script, { key: 'sk-very-secret-key' })
  const model = openaiChatModel({ ...options, apiKey: 'sk-very-secret-key' })
  const judge = pointwiseJudge(model, pointwiseFormat(), { scoreTemperature: 5 })
  const judgement = await judge.compare(pair)
  expect(judgement).toMatchObject({
    verdict: 'a',
    winProbability: expect.closeTo(1 / (1 + Math.exp(-1)), 12),
  })
  expect(JSON.stringify([judge.identity, judge.name, judgement])).not.toContain('secret')
})
