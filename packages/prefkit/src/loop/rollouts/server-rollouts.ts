import { PrefkitError } from '../../prefkit-error'
import { runSome } from '../rewards/run-some'
import type { Rollout, RolloutRequest, RolloutSource, Sampling } from './rollout'
import { readCompletion, readGenerate, refuseAnswer, type ServerAnswer } from './server-answer'
import type { ServerClient, ServerRequest } from './server-client'
import { type ServerTokenizer, serverTokens } from './server-tokens'

/**
 * What the log-probabilities of a server are of. `raw`: the model itself, before temperature and filters (vLLM's
 * `raw_logprobs`, llama.cpp). `tempered`: after temperature, before filters (SGLang). `processed`: what tokens are drawn from
 * (vLLM's `processed_logprobs`).
 */
export type ServerLogprobs = 'raw' | 'tempered' | 'processed'

/** By which route responses are asked for: OpenAI's `/v1/completions`, or SGLang's `/generate`, which tells ids. */
export type ServerApi = 'completions' | 'sglang'

/** Options of {@link serverRollouts}. */
export interface ServerRolloutsOptions {
  /** The server: `connectServer({ baseUrl, model })` of `@prefkit/judges`. */
  readonly client: ServerClient
  /** Default: `completions`. */
  readonly api?: ServerApi
  /** Default: `raw` for completions, `tempered` for SGLang. An answer that says so itself, as llama.cpp's can, is believed. */
  readonly logprobs?: ServerLogprobs
  /** The policy's: checks that the server has the same, and finds ids where the server tells texts only. Default: none. */
  readonly tokenizer?: ServerTokenizer
  /**
   * Called before responses are drawn, unless the request says that the weights are the same: gives the server the policy's weights, as `adapterRefresh` does. What it gives is the
   * model to ask from then on. Default: the server's weights stay as they are.
   */
  readonly refresh?: (options: { readonly signal?: AbortSignal }) => Promise<string | undefined>
  /** Further fields of each request. Default: none. */
  readonly extraBody?: Readonly<Record<string, unknown>>
}

/** What a server is told of how to draw. */
type ServerSampling = Required<Omit<Sampling, 'batchSize'>>

/** All that a request depends on. */
interface Asking {
  readonly model: string
  readonly prompt: readonly number[]
  readonly sampling: ServerSampling
  readonly seed: number
}

interface Dialect {
  readonly logprobs: ServerLogprobs
  readonly requestOf: (client: ServerClient, asking: Asking) => ServerRequest
  readonly read: (server: string, answer: unknown) => ServerAnswer
}

/** Whether tokens are drawn from the model's own distribution. */
const isPlain = ({ temperature, topK, topP }: ServerSampling): boolean =>
  temperature === 1 && topK === 0 && topP === 1

/** Said outright, as servers take what is not said from files of the model, or filter by default. */
const plainSampling = { min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0 }

const dialects: Readonly<Record<ServerApi, Dialect>> = {
  completions: {
    logprobs: 'raw',
    requestOf: (_, { model, prompt, sampling, seed }) => ({
      method: 'post',
      path: '/completions',
      body: {
        ...plainSampling,
        ...{ model, prompt, seed, n: 1, stream: false, logprobs: 1 },
        max_tokens: sampling.maxNewTokens,
        temperature: sampling.temperature,
        top_p: sampling.topP,
        top_k: sampling.topK === 0 ? -1 : sampling.topK,
        ...(sampling.stop.length > 0 && { stop: sampling.stop }),
        // vLLM's: the one in newer versions, the other in older ones.
        ...{ return_token_ids: true, return_tokens_as_token_ids: true },
        // llama.cpp's.
        ...{ repeat_penalty: 1, ...(!isPlain(sampling) && { post_sampling_probs: true }) },
      },
    }),
    read: readCompletion,
  },
  sglang: {
    logprobs: 'tempered',
    requestOf: ({ root }, { prompt, sampling, seed }) => ({
      method: 'post',
      path: `${root}/generate`,
      body: {
        input_ids: prompt,
        return_logprob: true,
        sampling_params: {
          ...plainSampling,
          ...{ n: 1, sampling_seed: seed },
          max_new_tokens: sampling.maxNewTokens,
          temperature: sampling.temperature,
          top_p: sampling.topP,
          top_k: sampling.topK === 0 ? -1 : sampling.topK,
          ...(sampling.stop.length > 0 && { stop: sampling.stop }),
        },
      },
    }),
    read: readGenerate,
  },
}

/** Whether log-probabilities of a kind are of what tokens were drawn from. */
const tells: Readonly<Record<ServerLogprobs, (sampling: ServerSampling) => boolean>> = {
  raw: isPlain,
  tempered: ({ topK, topP }) => topK === 0 && topP === 1,
  processed: () => true,
}

function requireBehaviour(
  server: string,
  { processed }: ServerAnswer,
  kind: ServerLogprobs,
  sampling: ServerSampling,
): void {
  if (processed || tells[kind](sampling)) return
  const { temperature, topK, topP } = sampling
  const drawn = `temperature ${temperature}, topK ${topK}, topP ${topP}`
  const problem = `its log-probabilities are ${kind}, which do not tell what was drawn from at ${drawn}`
  const remedy = "expected temperature 1 without filters, or a server that tells them, such as vLLM's with"
  refuseAnswer(
    server,
    `${problem}; ${remedy} --logprobs-mode processed_logprobs, and logprobs: 'processed' here`,
  )
}

/** A seed for each response, from 0 below 2³¹, as servers take them: a hash of the draw, the prompt and the sample. */
function requestSeed(...parts: readonly number[]): number {
  const words = parts.flatMap((part) => [part % 2 ** 32, Math.floor(part / 2 ** 32)])
  const mixed = words.reduce((hash, word) => {
    const joined = Math.imul(hash ^ word, 0x85ebca6b)
    return Math.imul(joined ^ (joined >>> 13), 0xc2b2ae35) ^ (joined >>> 16)
  }, 0x9e3779b9)
  return (mixed ^ (mixed >>> 15)) >>> 1
}

const completed = ({ maxNewTokens = 64, temperature = 1, topK = 0, topP = 1, stop = [] }: Sampling) => ({
  ...{ maxNewTokens, temperature, topK, topP, stop },
})

function requireSampling({ temperature }: ServerSampling): void {
  if (Number.isFinite(temperature) && temperature > 0) return
  const message = `rollouts: temperature: expected a number above 0, got ${temperature}`
  throw new PrefkitError('INVALID_CONFIG', message)
}

/** A server has the weights that it was given last. */
function refuseReference(server: string): never {
  const problem = 'draws from the policy alone, not from its reference: let the policy draw, without a server'
  throw new PrefkitError('INVALID_CONFIG', `rollouts: ${server}: ${problem}`)
}

/** How often a response is drawn of which no token is known. */
const mostAttempts = 4

/**
 * Responses of any server that speaks OpenAI's protocol and tells log-probabilities: vLLM, llama.cpp, SGLang (by `api`) and
 * others. Prompts are sent as ids of tokens, each response is a request with a seed of its own, and the client decides how many
 * are made at once and how often each is tried again.
 *
 * `samplingLogProbs` are what tokens were drawn from. Where temperature or filters change that and the server tells nothing
 * else, `logProbs` are the same numbers. A policy that learns from these asks itself for its own, so that the two engines are
 * compared and the difference is corrected.
 *
 * llama.cpp tells nothing of tokens that completed a stop string, and of those that are a part of a character: a response is
 * then cut off before the first of these, as a limit of its length would, for which it takes `tokenizer`.
 * @returns a source that throws PrefkitError `BAD_ROLLOUT`, saying what the server lacks: no log-probabilities, ones that do
 *   not tell what was drawn from, tokens that are not known for certain or not the policy's; `INVALID_CONFIG` for the
 *   temperature, and for responses of a reference; what the client and `refresh` throw; the signal's reason.
 */
export function serverRollouts(options: ServerRolloutsOptions): RolloutSource {
  const { client, api = 'completions', tokenizer, refresh, extraBody } = options
  const { requestOf, read, logprobs: standard } = dialects[api]
  const { logprobs: kind = standard } = options
  async function drawOne(
    { prompts, seed }: RolloutRequest,
    { prompt: at, sample }: { readonly prompt: number; readonly sample: number },
    { sampling, model }: Pick<Asking, 'sampling' | 'model'>,
    signal: AbortSignal,
  ): Promise<Rollout> {
    const prompt = prompts[at]!
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const asking = { model, prompt: prompt.tokens, sampling, seed: requestSeed(seed, at, sample, attempt) }
      const { body, ...request } = requestOf(client, asking)
      const given = await client.request({ ...request, body: { ...body, ...extraBody } }, { signal })
      const answer = read(client.server, given)
      requireBehaviour(client.server, answer, kind, sampling)
      const stop = sampling.stop.length > 0
      const { tokens, isCut } = serverTokens(client.server, answer, { tokenizer, stop })
      if (tokens.length === 0) continue
      const logProbs = Float32Array.from(tokens, (_, i) => Math.min(0, answer.logProbs[i]!))
      const text = isCut ? tokenizer!.decode(tokens, { skipSpecialTokens: true }) : answer.text
      const finishReason = isCut ? 'length' : answer.finishReason
      return { prompt, sample, tokens, text, finishReason, logProbs, samplingLogProbs: logProbs }
    }
    const problem = `${mostAttempts} responses to prompt ${prompt.id} had no token that is known`
    return refuseAnswer(client.server, problem)
  }
  let { model } = client
  let isFresh = false
  return {
    isPolicy: false,
    async draw(request) {
      const { prompts, n, signal } = request
      if (request.reference) refuseReference(client.server)
      const sampling = completed(request.sampling)
      requireSampling(sampling)
      if (!(request.sameWeights && isFresh)) {
        isFresh = false
        model = (await refresh?.({ ...(signal && { signal }) })) ?? model
        isFresh = true
      }
      const places = prompts.flatMap((_, prompt) =>
        Array.from({ length: n }, (_, sample) => ({ prompt, sample })),
      )
      return runSome(
        places,
        places.length,
        (place, own) => drawOne(request, place, { sampling, model }, own),
        signal,
      )
    },
  }
}
