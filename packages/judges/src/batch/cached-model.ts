import { canonicalJson, sha256 } from '../canonical-json'
import type { CallOptions, ChatCompletion, ChatModel } from '../chat-model'
import { checkArguments } from '../check-arguments'
import { checkOptions, choose, type OptionNames } from '../check-options'
import { isObject } from '../is-object'
import type { LogprobProvider, NextTokenAnswer } from '../logprob-provider'
import { redactor } from '../models/redact'
import { cachedUsage, type Usage } from '../usage'
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
  /** Whether a value has what `unpack` and the judge need: a cache of yours may hold anything. */
  readonly isWhole: (value: Readonly<Record<string, unknown>>) => boolean
}

/** Options of {@link cachedModel} and {@link cachedLogprobs}. */
export interface CachedOptions {
  /**
   * What an answer from the cache is said to have used. `nothing`: `cachedCalls: 1` and no tokens. `first`: what it used when it was
   * asked, so that work that is done again after a kill is told in the same numbers. Default: `nothing`.
   */
  readonly usage?: 'nothing' | 'first'
}

const optionNames: OptionNames<CachedOptions> = { usage: true }

/** What an answer from the cache used: it costs nothing where the model says what its answers cost, and otherwise who knows. */
const fromCache = ({ cost }: Usage): Usage => (cost === undefined ? cachedUsage : { ...cachedUsage, cost: 0 })

const usages: Readonly<Record<NonNullable<CachedOptions['usage']>, (usage: Usage) => Usage>> = {
  nothing: fromCache,
  first: (usage) => usage,
}

const { text: hideKeys } = redactor([])

/** The cache as one that never throws, since what passes through it was paid for: the first fault of either way is a warning. */
function faultless<Answer>(cache: AnswerCache, { pack, unpack, isWhole }: Asked<Answer>) {
  const told = new Set<string>()
  const warn = (what: string, error: unknown) => {
    if (told.has(what)) return
    told.add(what)
    const reason = hideKeys(error instanceof Error ? error.message : String(error))
    process.emitWarning(`answers cannot be ${what} the cache: ${reason}`, 'PrefkitCacheWarning')
  }
  return {
    find: async (key: string): Promise<Answer | undefined> => {
      try {
        const found = await cache.get(key)
        if (found === undefined) return undefined
        if (isObject(found) && isObject(found.usage) && isWhole(found)) return unpack(found)
        throw new TypeError('what it has is no answer of a model')
      } catch (error) {
        warn('read from', error)
        return undefined
      }
    },
    keep: async (key: string, answer: Answer): Promise<void> => {
      try {
        await cache.set(key, pack(answer))
      } catch (error) {
        warn('kept in', error)
      }
    },
  }
}

type Ask<Request, Answer> = (request: Request, options: CallOptions) => Promise<Answer>

/**
 * Answers from the cache what it has, and asks otherwise. The key is all that decides the answer: whose it is and what
 * was asked. Failures are not kept.
 */
function throughCache<Request, Answer extends { readonly usage: Usage }>(
  cache: AnswerCache,
  asked: Asked<Answer>,
  ask: Ask<Request, Answer>,
  options: CachedOptions,
): Ask<Request, Answer> {
  checkOptions('cachedModel', options, optionNames)
  const usageOf = choose('usage', options.usage ?? 'nothing', usages)
  const owner = canonicalJson('identity', asked.identity)
  const share = shareCalls<{ answer: Answer; isHit: boolean }>()
  const { find, keep } = faultless(cache, asked)
  return async (request, { signal }) => {
    const key = sha256(`${layout}\n${asked.kind}\n${owner}\n${canonicalJson('request', request)}`)
    const call = async (shared: AbortSignal) => {
      const found = await find(key)
      if (found !== undefined) return { answer: found, isHit: true }
      const answer = await ask(request, { signal: shared })
      await keep(key, answer)
      return { answer, isHit: false }
    }
    const { value, isCharged } = await share(key, call, signal)
    const { answer, isHit } = value
    return isHit || !isCharged ? { ...answer, usage: usageOf(answer.usage) } : answer
  }
}

/**
 * A model whose completions are kept: the same request is answered from the cache, and asked twice at once it is paid
 * once. Answers from the cache have `cachedCalls: 1` and no tokens, unless `usage` says otherwise; they cost 0, or have no `cost`
 * where the model says none. A
 * cache that fails costs no answer: it is a warning of the process, and the model is asked.
 *
 * Keys are SHA-256 of the model's `identity` and the request with its `sample`, so that samples are kept apart whatever
 * the temperature; the signal is no part of it. The cache holds completions and these hashes: no prompt, no key of a
 * server. Failures are not kept.
 * @param model its `identity` must tell it from every other model that uses the cache.
 * @throws JudgeError `INVALID_OPTION`; `INVALID_INPUT` for an identity or a request that is not plain JSON.
 */
export function cachedModel(model: ChatModel, cache: AnswerCache, options: CachedOptions = {}): ChatModel {
  checkArguments({ model, cache })
  const asked: Asked<ChatCompletion> = {
    kind: 'chat',
    identity: model.identity,
    pack: (completion) => completion,
    unpack: (value) => value as ChatCompletion,
    isWhole: ({ text }) => typeof text === 'string',
  }
  const complete = throughCache(cache, asked, model.complete, options)
  return {
    name: model.name,
    identity: model.identity,
    complete: (request, call = {}) => complete({ ...request, sample: request.sample ?? 0 }, call),
  }
}

/**
 * A provider whose answers are kept, as `cachedModel` keeps completions.
 * @throws JudgeError `INVALID_OPTION`; `INVALID_INPUT` for an identity or a request that is not plain JSON.
 */
export function cachedLogprobs(
  provider: LogprobProvider,
  cache: AnswerCache,
  options: CachedOptions = {},
): LogprobProvider {
  checkArguments({ provider, cache })
  const asked: Asked<NextTokenAnswer> = {
    kind: 'next-token',
    identity: provider.identity,
    pack: (answer) => ({ ...answer, logprobs: mapValues(answer.logprobs, hideImpossible) }),
    unpack: (value) => {
      const answer = value as NextTokenAnswer & { logprobs: Record<string, number | null> }
      return { ...answer, logprobs: mapValues(answer.logprobs, showImpossible) }
    },
    isWhole: ({ logprobs }) => isObject(logprobs),
  }
  const nextToken = throughCache(cache, asked, provider.nextToken, options)
  return {
    name: provider.name,
    identity: provider.identity,
    nextToken: (request, call = {}) => nextToken(request, call),
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
