import type { TrainingState } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { afterEach, describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { grpo } from '../algorithms/grpo'
import { functionReward } from '../rewards/function-reward'
import { lexiconReward } from '../rewards/lexicon-reward'
import type { StepMetrics } from '../step-record'
import { storyPolicy } from '../testing/story-policy'
import { type Asked, adapterRoutes, completionsOf, Refusal, testServer } from '../testing/test-server'
import { collectInformative } from './collect-informative'
import { adapterRefresh } from './server-refresh'
import { serverRollouts } from './server-rollouts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A server that is closed after the test. */
async function serve(answer: (asked: Asked) => unknown) {
  const server = await testServer(answer)
  closers.push(server.close)
  return server
}

const tokenizer = (await loadLanguageModel(storiesPath)).tokenizer!
const settings = {
  rewards: [lexiconReward({ plus: ['she', 'he', 'the'] })],
  ...{ steps: 3, promptsPerStep: 2, samplesPerPrompt: 4, learningRate: 3e-3, sampling: { maxNewTokens: 12 } },
}

async function policies() {
  const [learner, served] = await Promise.all([storyPolicy(), storyPolicy()])
  closers.push(() => Promise.all([learner.policy.release(), served.policy.release()]))
  return { ...learner, served: served.policy }
}

describe('serverRollouts', () => {
  it('draws what the model behind the server draws, a request for each response, by seeds', async () => {
    const { served, prompts } = await policies()
    const { client, requests } = await serve(completionsOf(served))
    const source = serverRollouts({ client, tokenizer, extraBody: { priority: 1 } })
    expect(source.isPolicy).toBe(false)
    const request = {
      prompts: prompts(['The sun', 'Tom had']),
      n: 3,
      sampling: settings.sampling,
      seed: 2 ** 40 + 7,
    }
    const drawn = await source.draw(request)
    expect(drawn.map(({ prompt, sample }) => [prompt.text, sample])).toEqual(
      ['The sun', 'Tom had'].flatMap((text) => [0, 1, 2].map((sample) => [text, sample])),
    )
    const seeds = requests.map(({ body }) => Number(body.seed))
    expect(new Set(seeds).size).toBe(6)
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true)
    expect(requests[0]).toMatchObject({
      path: '/v1/completions',
      body: {
        model: 'stories',
        temperature: 1,
        top_k: -1,
        top_p: 1,
        min_p: 0,
        max_tokens: 12,
        logprobs: 1,
        priority: 1,
      },
    })
    const own = await served.sample([drawn[0]!.prompt.tokens], { maxNewTokens: 12, seed: seeds[0]! })
    expect(drawn.some(({ tokens }) => String(tokens) === String(Array.from(own[0]!.tokens)))).toBe(true)
    expect((await source.draw(request)).map(({ tokens }) => tokens)).toEqual(
      drawn.map(({ tokens }) => tokens),
    )
    const other = await source.draw({ ...request, seed: 8 })
    expect(other.map(({ tokens }) => tokens)).not.toEqual(drawn.map(({ tokens }) => tokens))
  })

  it('is learnt from, with weights against what has changed since: none at first, and more with each update', async () => {
    const { policy, served, prompts } = await policies()
    const { client } = await serve(completionsOf(served))
    const all: StepMetrics[] = []
    const rollouts = serverRollouts({ client, tokenizer })
    for await (const { metrics } of grpo({
      ...settings,
      policy,
      prompts: prompts(['The sun', 'Tom had']),
      rollouts,
    }))
      all.push(metrics)
    // Computed one token after the other there and all at once here, in single precision.
    expect(Math.abs(all[0]!['rollout_corr/kl']!)).toBeLessThan(1e-5)
    expect(all[0]!['rollout_corr/rollout_is_mean']).toBeCloseTo(1, 4)
    expect(all[1]!['rollout_corr/kl']!).toBeGreaterThan(1e-4)
    expect(all[2]!['rollout_corr/kl']!).toBeGreaterThan(all[1]!['rollout_corr/kl']!)
    expect(all[2]!['rollout_corr/rollout_is_std']!).toBeGreaterThan(0.01)
  })

  it('stays with the policy where the server is given its weights, which it has no longer at the end', async () => {
    const { policy, served, prompts } = await policies()
    const saved = new Map<string, TrainingState>()
    const completions = completionsOf(served)
    const adapters = adapterRoutes((path) => served.restore(saved.get(path)!))
    const { client, requests } = await serve((asked) =>
      asked.path === '/v1/completions' ? completions(asked) : adapters.answer(asked),
    )
    const refresh = adapterRefresh({
      ...{ client, name: 'own', first: 3, pathOf: (number) => `/adapters/${number}` },
      policy: { save: async (path) => void saved.set(path, await policy.state()) },
      remove: async (path) => void saved.delete(path),
    })
    const rollouts = serverRollouts({ client, tokenizer, refresh })
    for await (const { metrics } of grpo({
      ...settings,
      policy,
      prompts: prompts(['The sun', 'Tom had']),
      rollouts,
    }))
      expect(Math.abs(metrics['rollout_corr/kl']!)).toBeLessThan(1e-5)
    const [last] = adapters.loaded
    expect(last).toMatch(/^own-[0-9a-f]{8}-5$/)
    expect(requests.at(-1)!.body.model).toBe(last)
    expect([...saved.keys()]).toEqual(['/adapters/5'])
    await refresh.close()
    await refresh.close()
    const told = requests.filter(({ path }) => path !== '/v1/completions')
    const session = last!.slice(0, -2)
    expect(told).toEqual([
      { path: '/v1/load_lora_adapter', body: { lora_name: `${session}-3`, lora_path: '/adapters/3' } },
      { path: '/v1/load_lora_adapter', body: { lora_name: `${session}-4`, lora_path: '/adapters/4' } },
      { path: '/v1/unload_lora_adapter', body: { lora_name: `${session}-3` } },
      { path: '/v1/load_lora_adapter', body: { lora_name: `${session}-5`, lora_path: '/adapters/5' } },
      { path: '/v1/unload_lora_adapter', body: { lora_name: `${session}-4` } },
      { path: '/v1/unload_lora_adapter', body: { lora_name: `${session}-5` } },
    ])
    expect(saved.size).toBe(0)
  })
})

describe('adapterRefresh', () => {
  const policy = { save: async () => {} }
  const pathOf = (number: number) => `/adapters/${number}`

  it('has names of its own each time, on a server that still has those of another', async () => {
    const adapters = adapterRoutes()
    const { client } = await serve(adapters.answer)
    const [one, other] = [1, 2].map(() => adapterRefresh({ client, policy, pathOf }))
    const names = [await one!(), await other!()]
    expect(new Set(names).size).toBe(2)
    await one!.close()
    expect([...adapters.loaded]).toEqual([names[1]])
  })

  it('unloads later what could not be unloaded', async () => {
    const adapters = adapterRoutes()
    let isBusy = true
    const { client } = await serve((asked) => {
      if (isBusy && asked.path.includes('unload')) throw new Refusal(400, 'busy')
      return adapters.answer(asked)
    })
    const refresh = adapterRefresh({ client, policy, pathOf })
    await refresh()
    await expect(refresh()).rejects.toThrow('busy')
    expect(adapters.loaded.size).toBe(2)
    isBusy = false
    await refresh.close()
    expect(adapters.loaded.size).toBe(0)
  })
})

describe('serverRollouts of a server that answers', () => {
  const prompt = { id: 'p', text: 'Tom had', tokens: [1, 2] }
  const request = { prompts: [prompt], n: 1, sampling: {}, seed: 0 }
  const tokens = tokenizer.encode('a dog', { addSpecialTokens: false })
  const answer = (more: object = {}) => ({
    choices: [
      {
        ...{ text: 'a dog', finish_reason: 'length', token_ids: tokens },
        logprobs: { tokens: tokens.map(String), token_logprobs: tokens.map(() => -0.5) },
        ...more,
      },
    ],
  })

  it('with an error at first is asked again', async () => {
    let attempts = 0
    const { client } = await serve(() => {
      if (attempts++ === 0) throw new Error('overloaded')
      return answer()
    })
    const [drawn] = await serverRollouts({ client, tokenizer }).draw(request)
    expect(drawn).toMatchObject({ prompt, sample: 0, tokens, text: 'a dog', finishReason: 'length' })
    expect(drawn!.samplingLogProbs).toEqual(Float32Array.from(tokens, () => -0.5))
    expect(attempts).toBe(2)
  })

  it('with log-probabilities of the model is refused at other temperatures, unless they are of what was drawn from', async () => {
    const { client, requests } = await serve(() => answer())
    const warm = { ...request, sampling: { temperature: 0.7 } }
    await expect(serverRollouts({ client }).draw(warm)).rejects.toMatchObject({
      code: 'BAD_ROLLOUT',
      message: expect.stringMatching(
        /its log-probabilities are raw, .+ temperature 0\.7, .+processed_logprobs/,
      ),
    })
    expect(requests.at(-1)!.body.post_sampling_probs).toBe(true)
    const processed = serverRollouts({ client, logprobs: 'processed' })
    expect(await processed.draw(warm)).toHaveLength(1)
    const content = tokens.map((id) => ({ id, token: 'a', prob: 0.5 }))
    const after = await serve(() => answer({ logprobs: { content } }))
    const [drawn] = await serverRollouts({ client: after.client }).draw(warm)
    expect(drawn!.samplingLogProbs[0]).toBeCloseTo(Math.log(0.5), 6)
  })

  it('as SGLang does is asked by its own route', async () => {
    const rows = tokens.map((id) => [-0.25, id, null])
    const { client, requests } = await serve(() => ({
      ...{ text: 'a dog', meta_info: { finish_reason: { type: 'length' }, output_token_logprobs: rows } },
    }))
    const source = serverRollouts({ client, api: 'sglang' })
    const [drawn] = await source.draw({ ...request, sampling: { temperature: 0.7, stop: ['.'] } })
    expect(drawn).toMatchObject({ tokens, text: 'a dog' })
    expect(requests[0]).toMatchObject({
      path: '/generate',
      body: {
        input_ids: [1, 2],
        return_logprob: true,
        sampling_params: { temperature: 0.7, stop: ['.'], top_k: -1 },
      },
    })
    await expect(source.draw({ ...request, sampling: { topP: 0.9 } })).rejects.toThrow(
      'are tempered, which do not',
    )
  })

  it('is given the weights of a step once, however often more responses are drawn', async () => {
    const { client, requests } = await serve(() => answer())
    let given = 0
    const source = serverRollouts({ client, tokenizer, refresh: async () => `adapter-${given++}` })
    const step = { promptsPerStep: 1, samplesPerPrompt: 2, sampling: {}, seed: 0 }
    const options = { ...step, source, prompts: [prompt], rewards: [functionReward('same', () => 1)] }
    for (const at of [0, 1])
      await collectInformative({ ...options, step: at }, { rounds: 3 }, (_, work) => work())
    expect(requests.map(({ body }) => body.model)).toEqual(
      ['adapter-0', 'adapter-1'].flatMap((name) => Array(6).fill(name)),
    )
  })

  it('without log-probabilities says so, and is not learnt from', async () => {
    const { client } = await serve(() => answer({ logprobs: null }))
    await expect(serverRollouts({ client }).draw(request)).rejects.toThrow(
      /^rollouts: http:.+\/v1: choices\[0\]\.logprobs is null; expected .+: this server cannot draw responses/,
    )
  })

  it('with nothing that is known is asked for others, a few times', async () => {
    const empty = { token_ids: [], logprobs: { tokens: [], token_logprobs: [] }, text: '' }
    let left = 2
    const { client, requests } = await serve(() => answer(left-- > 0 ? empty : {}))
    await serverRollouts({ client }).draw(request)
    expect(new Set(requests.map(({ body }) => body.seed)).size).toBe(3)
    const never = await serve(() => answer(empty))
    await expect(serverRollouts({ client: never.client }).draw(request)).rejects.toThrow(
      '4 responses to prompt p had no token that is known',
    )
  })

  it('is not waited for by who has stopped', async () => {
    const { client } = await serve(() => answer())
    const reason = new Error('enough')
    const stopped = serverRollouts({ client }).draw({ ...request, signal: AbortSignal.abort(reason) })
    await expect(stopped).rejects.toBe(reason)
    await expect(
      serverRollouts({ client }).draw({ ...request, sampling: { temperature: 0 } }),
    ).rejects.toThrow('rollouts: temperature: expected a number above 0, got 0')
  })

  it('is not asked for what its reference would draw', async () => {
    const { client, requests } = await serve(() => answer())
    const asked = serverRollouts({ client }).draw({ ...request, reference: 0.5 })
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    await expect(asked).rejects.toThrow(
      /^rollouts: http:.+: draws from the policy alone, not from its reference/,
    )
    expect(requests).toEqual([])
    await serverRollouts({ client }).draw({ ...request, reference: 0 })
    expect(requests).toHaveLength(1)
  })
})
