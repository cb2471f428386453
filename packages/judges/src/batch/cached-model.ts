import { canonicalJson, sha256 } from '../canonical-json'
import type { CallOptions, ChatCompletion, ChatModel } from '../chat-model'
import type { LogprobProvider, NextTokenAnswer } from '../logprob-provider'
import type { Usage } from '../usage'
import { cachedUsage } from '../usage'
import type { AnswerCache } from './answer-cache'
import { shareCalls } from './shared-calls'

/** Of keys and values; another layout finds nothing of this one. */
const layout = 1

/** What a cache holds of an answer, and how it becomes one again. */
interface Asked<Answer> {
  readonly kind: 'chat' | 'next-token'
  readonly identity: Readonly<Record<string, unknown>>
  readonly pack: (answer: Answer) => unknown
  readonly unpack: (value: unknown) => Answer
}

type Ask<Request, Answer> = (request: Request, options: CallOptions) => Promise<Answer>

/**
 * Answers from the cache what it has, and asks otherwise. The key is all that decides the answer: whose it is and what
 * was asked. Failures are not kept.
 */
function throughCache<Request, Answer extends { readonly usage: Usage }>(
  cache: AnswerCache,
  { kind, identity, pack, unpack }: Asked<Answer>,
  ask: Ask<Request, Answer>,
): Ask<Request, Answer> {
  const owner = canonicalJson('identity', identity)
  const share = shareCalls<{ answer: Answer; isHit: boolean }>()
  return async (request, { signal }) => {
    const key = sha256(`${layout}\n${kind}\n${owner}\n${canonicalJson('request', request)}`)
    const call = async (shared: AbortSignal) => {
      const found = await cache.get(key)
      if (found !== undefined) return { answer: unpack(found), isHit: true }
      const answer = await ask(request, { signal: shared })
      await cache.set(key, pack(answer))
      return { answer, isHit: false }
    }
    const { value, isCharged } = await share(key, call, signal)
    return value.isHit || !isCharged ? { ...value.answer, usage: cachedUsage } : value.answer
  }
}

/**
 * A model whose completions are kept: the same request is answered from the cache, and asked twice at once it is paid
 * once. Answers from the cache have the usage `{ calls: 0, cachedCalls: 1, promptTokens: 0, completionTokens: 0, cost: 0 }`.
 *
 * Keys are SHA-256 of the model's `identity` and the request with its `sample`, so that samples are kept apart whatever
 * the temperature; the signal is no part of it. The cache holds completions and these hashes: no prompt, no key of a
 * server. Failures are not kept.
 * @param model its `identity` must tell it from every other model that uses the cache.
 * @throws JudgeError `INVALID_INPUT` for an identity or a request that is not plain JSON.
 */
export function cachedModel(model: ChatModel, cache: AnswerCache): ChatModel {
  const asked: Asked<ChatCompletion> = {
    kind: 'chat',
    identity: model.identity,
    pack: (completion) => completion,
    unpack: (value) => value as ChatCompletion,
  }
  const complete = throughCache(cache, asked, model.complete)
  return {
    name: model.name,
    identity: model.identity,
    complete: (request, options = {}) => complete({ ...request, sample: request.sample ?? 0 }, options),
  }
}

/**
 * A provider whose answers are kept, as `cachedModel` keeps completions.
 * @throws JudgeError `INVALID_INPUT` for an identity or a request that is not plain JSON.
 */
export function cachedLogprobs(provider: LogprobProvider, cache: AnswerCache): LogprobProvider {
  const asked: Asked<NextTokenAnswer> = {
    kind: 'next-token',
    identity: provider.identity,
    pack: (answer) => ({ ...answer, logprobs: mapValues(answer.logprobs, hideImpossible) }),
    unpack: (value) => {
      const answer = value as NextTokenAnswer & { logprobs: Record<string, number | null> }
      return { ...answer, logprobs: mapValues(answer.logprobs, showImpossible) }
    },
  }
  const nextToken = throughCache(cache, asked, provider.nextToken)
  return {
    name: provider.name,
    identity: provider.identity,
    nextToken: (request, options = {}) => nextToken(request, options),
  }
}

// −Infinity, of answers that were not seen, is what JSON cannot hold.
const hideImpossible = (logprob: number): number | null =>
  logprob === Number.NEGATIVE_INFINITY ? null : logprob
const showImpossible = (logprob: number | null): number => logprob ?? Number.NEGATIVE_INFINITY

const mapValues = <From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
