import OpenAI from 'openai'
import type { CallOptions } from '../chat-model'
import { JudgeError, type JudgeErrorCode } from '../judge-error'
import type { Usage } from '../usage'
import { type AdaptiveLimit, adaptiveLimit, type Place } from './adaptive-limit'
import { type Backoff, backoffDelay, jitter, type Random, sleep } from './backoff'
import { type Failure, failureOf, notJsonFailure } from './failure'
import type { Redactor } from './redact'
import { checkServerOptions, redactorOf, type ServerAddress, type ServerOptions } from './server-options'
import { readTokenCounts, usageOf } from './usage-of'

/** One request to a server. */
export interface ServerCall {
  readonly method: 'get' | 'post'
  /** After the base URL, as `/chat/completions`; or a whole address, for routes that are not under it. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** In place of the connection's. */
  readonly retries?: number
}

/** A server and how to ask it. Everything that it throws is a JudgeError without secrets. */
export interface Connection {
  readonly model: string
  /** The address, as it may be shown. */
  readonly server: string
  /** The address without `/v1`, where routes are that are not OpenAI's. */
  readonly root: string
  readonly redactor: Redactor
  /** The parsed JSON of the answer. */
  readonly request: (call: ServerCall, options?: CallOptions) => Promise<unknown>
  /** The error for an answer that is JSON, but not of the expected form. */
  readonly badResponse: (what: string, code?: JudgeErrorCode) => JudgeError
  /** The usage of one answer, by its field `usage`. */
  readonly usage: (answer: unknown) => Usage
  /** Tells the caller, once, what is done otherwise than asked for. */
  readonly notice: (text: string) => void
  /** What tells answers of this server and model from others: no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
}

/** Requests at once, where nobody says how many. */
export const DEFAULT_CONCURRENCY = 8

const LONGEST_EXCERPT = 300

const excerpt = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line
}

/** Everything that attempts have in common. */
interface Setup {
  readonly options: ServerOptions
  readonly address: ServerAddress
  readonly redactor: Redactor
  readonly client: OpenAI
  readonly limit: AdaptiveLimit
  readonly random: Random
  readonly backoff: Backoff
  readonly timeout: number
  readonly retries: number
  readonly maxRetryAfter: number
  readonly hasKey: boolean
  readonly state: { hasAnswered: boolean }
}

/** Null where none is sent. */
function authorizationOf({ apiKey }: ServerOptions, { userinfo }: ServerAddress): string | null {
  if (apiKey !== undefined) return `Bearer ${apiKey}`
  return userinfo === undefined ? null : `Basic ${Buffer.from(userinfo).toString('base64')}`
}

/** The client sends these headers by itself, to whatever server: null keeps it from that. */
const headersOfEnvironment = () =>
  (process.env.OPENAI_CUSTOM_HEADERS ?? '')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => [line.slice(0, line.indexOf(':')).trim(), null])

/** The client with everything off that it does by itself: retries, logs, and what it reads from the environment. */
function clientOf(options: ServerOptions, address: ServerAddress, timeout: number): OpenAI {
  return new OpenAI({
    apiKey: options.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: address.url,
    defaultQuery: address.query,
    defaultHeaders: {
      ...Object.fromEntries(headersOfEnvironment()),
      authorization: authorizationOf(options, address),
      ...options.headers,
    },
    maxRetries: 0,
    // Ours ends an attempt, its body included; this one is only out of its way.
    timeout: Math.min(timeout + 60_000, 2 ** 31 - 1),
    logLevel: 'off',
  })
}

const hasAuthorization = (headers: ServerOptions['headers'] = {}) =>
  Object.keys(headers).some((name) => /authorization|key|token/i.test(name))

function setupOf(options: ServerOptions): Setup {
  const address = checkServerOptions(options)
  const { timeout = 120_000, retries = 5, retryDelay = 500, maxRetryDelay = 30_000 } = options
  return {
    options,
    address,
    redactor: redactorOf(options, address),
    client: clientOf(options, address, timeout),
    limit: options.limit ?? adaptiveLimit(options.concurrency ?? DEFAULT_CONCURRENCY),
    random: jitter(options.jitterSeed),
    backoff: { base: retryDelay, most: maxRetryDelay },
    timeout,
    retries,
    maxRetryAfter: options.maxRetryAfter ?? 120_000,
    hasKey:
      options.apiKey !== undefined || address.userinfo !== undefined || hasAuthorization(options.headers),
    state: { hasAnswered: false },
  }
}

/** The error of a failure: the server, the model, what happened, what to do. */
function errorOf(setup: Setup, failure: Failure, prefix = ''): JudgeError {
  const { redactor, address, options } = setup
  const what = excerpt(redactor.text(failure.what)).replace(/[.:]?$/, '.')
  const message =
    `${prefix}${address.url}, model ${JSON.stringify(options.model)}, ${what} ${failure.advice}`.trim()
  const { code, status } = failure
  return new JudgeError(code, 'baseUrl', redactor.text(message), {
    cause: redactor.error(failure.cause),
    ...(status === undefined ? {} : { status }),
  })
}

const abortedError = ({ redactor, address }: Setup, signal: AbortSignal) =>
  new JudgeError('ABORTED', 'signal', `the request to ${address.url} was aborted by the caller’s signal`, {
    cause: redactor.error(signal.reason),
  })

/** The parsed answer, or why there is none. */
type Outcome = { readonly answer: unknown } | { readonly failure: Failure }

function parse(text: string): Outcome {
  try {
    return { answer: JSON.parse(text) }
  } catch (error) {
    return { failure: notJsonFailure(text, error) }
  }
}

/** Stops when the caller does, or when the time is up, which includes reading the body. */
function deadline(timeout: number, signal: AbortSignal | undefined) {
  const controller = new AbortController()
  let isTimedOut = false
  const stop = () => controller.abort()
  const timer = setTimeout(() => {
    isTimedOut = true
    stop()
  }, timeout)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const end = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
  return { signal: controller.signal, isTimedOut: () => isTimedOut, end }
}

async function attempt(setup: Setup, call: ServerCall, signal: AbortSignal | undefined): Promise<Outcome> {
  const { client, timeout, state, address, hasKey } = setup
  const limits = deadline(timeout, signal)
  try {
    const body = call.body === undefined ? {} : { body: call.body }
    const response = await client[call.method](call.path, { ...body, signal: limits.signal }).asResponse()
    const outcome = parse(await response.text())
    state.hasAnswered = true
    return outcome
  } catch (error) {
    const context = { server: address.url, hasKey, hasAnswered: state.hasAnswered, timeout }
    const failure = failureOf(error, limits.isTimedOut(), context)
    if (failure.status !== undefined) state.hasAnswered = true
    return { failure }
  } finally {
    limits.end()
  }
}

/** Gives the place back, after telling everyone else to wait where the server asks for it. */
function leave(limit: AdaptiveLimit, place: Place, outcome: Outcome): void {
  const failure = 'failure' in outcome ? outcome.failure : undefined
  if (failure?.isOverload && failure.retryAfter !== undefined) limit.pause(failure.retryAfter)
  place.release(failure ? (failure.isOverload ? 'overloaded' : 'failed') : 'done')
}

async function limitedAttempt(setup: Setup, call: ServerCall, signal: AbortSignal | undefined) {
  const place = await setup.limit.acquire(signal)
  let outcome: Outcome | undefined
  try {
    outcome = await attempt(setup, call, signal)
    return outcome
  } finally {
    if (outcome) leave(setup.limit, place, outcome)
    else place.release('failed')
  }
}

function exhausted(setup: Setup, failure: Failure, attempts: number): JudgeError {
  const cause = errorOf(setup, failure)
  const message = `gave up after ${attempts} attempts; the last: ${cause.message}`
  const status = failure.status === undefined ? {} : { status: failure.status }
  return new JudgeError('RETRIES_EXHAUSTED', 'baseUrl', message, { cause, ...status })
}

function tooLongToWait(setup: Setup, failure: Failure): JudgeError {
  const wait = `asks to wait ${Math.ceil(failure.retryAfter! / 1000)} s, longer than maxRetryAfter`
  return errorOf(setup, { ...failure, what: `${wait} (${setup.maxRetryAfter} ms); it ${failure.what}` })
}

/** The error that a failed attempt ends with, or undefined where another attempt is due. */
function finalError(
  setup: Setup,
  failure: Failure,
  attempts: number,
  retries: number,
): JudgeError | undefined {
  if (!failure.isTransient || retries === 0) return errorOf(setup, failure)
  if (attempts > retries) return exhausted(setup, failure, attempts)
  return (failure.retryAfter ?? 0) > setup.maxRetryAfter ? tooLongToWait(setup, failure) : undefined
}

async function requestWith(
  setup: Setup,
  call: ServerCall,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const retries = call.retries ?? setup.retries
  for (let attempts = 1; ; attempts++) {
    const outcome = await limitedAttempt(setup, call, signal)
    if ('answer' in outcome) return outcome.answer
    // The caller's abort ends the attempt as a lost connection would.
    if (signal?.aborted) throw abortedError(setup, signal)
    const { failure } = outcome
    const error = finalError(setup, failure, attempts, retries)
    if (error) throw error
    await sleep(failure.retryAfter ?? backoffDelay(setup.backoff, attempts - 1, setup.random), signal)
  }
}

/** Why a 404 came: the names that the server has, where it tells them. */
async function modelNames(setup: Setup, signal: AbortSignal | undefined): Promise<string> {
  const call: ServerCall = { method: 'get', path: '/models', retries: 0 }
  const answer = await requestWith(setup, call, signal).catch(() => undefined)
  const data = (answer as { data?: unknown } | null | undefined)?.data
  if (!Array.isArray(data)) return ''
  const names = data.map((each: { id?: unknown } | null) => each?.id).filter((id) => typeof id === 'string')
  return names.length === 0 ? '' : ` The server has the models: ${names.slice(0, 20).join(', ')}.`
}

/** The same error, with the models that the server has. */
async function withModels(
  setup: Setup,
  error: JudgeError,
  signal: AbortSignal | undefined,
): Promise<JudgeError> {
  const names = setup.redactor.text(await modelNames(setup, signal))
  return new JudgeError(error.code, 'model', error.message + names, { cause: error.cause, status: 404 })
}

const isNotFound = (error: unknown): error is JudgeError =>
  JudgeError.isInstance(error) && error.code === 'SERVER_STATUS' && error.status === 404

function requester(setup: Setup): Connection['request'] {
  return async (call, { signal } = {}) => {
    try {
      return await requestWith(setup, call, signal)
    } catch (error) {
      if (signal?.aborted && !(JudgeError.isInstance(error) && error.code === 'ABORTED')) {
        throw abortedError(setup, signal)
      }
      if (isNotFound(error) && call.path.startsWith('/chat')) throw await withModels(setup, error, signal)
      throw error
    }
  }
}

/** Tells each notice once. */
function notices(onNotice: ServerOptions['onNotice'], redactor: Redactor): Connection['notice'] {
  const told = new Set<string>()
  return (text) => {
    const clean = redactor.text(text)
    if (told.has(clean)) return
    told.add(clean)
    onNotice?.(clean)
  }
}

/** Connects to a server: nothing is sent yet. Throws `INVALID_OPTION` or `OUT_OF_RANGE` for options that are wrong. */
export function connect(options: ServerOptions): Connection {
  const setup = setupOf(options)
  const { address, redactor } = setup
  const { model, extraBody } = options
  const server = redactor.text(address.url)
  const notice = notices(options.onNotice, redactor)
  return {
    model,
    server,
    root: address.root,
    redactor,
    notice,
    request: requester(setup),
    badResponse: (what, code = 'BAD_RESPONSE') => {
      const message = `${server}, model ${JSON.stringify(model)}: ${excerpt(redactor.text(what))}`
      return new JudgeError(code, 'baseUrl', redactor.text(message))
    },
    usage: (answer) => {
      const counts = readTokenCounts((answer as { usage?: unknown } | null)?.usage)
      if (!counts) notice(`${server} does not say how many tokens it used: they are counted as 0.`)
      return usageOf(counts ?? { promptTokens: 0, completionTokens: 0 }, options.prices)
    },
    identity: {
      server,
      model: redactor.known(model),
      ...(extraBody === undefined ? {} : { extraBody: redactor.deep(extraBody) }),
    },
  }
}
