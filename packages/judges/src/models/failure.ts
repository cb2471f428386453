import { APIError } from 'openai'
import { isObject } from '../is-object'
import type { JudgeErrorCode } from '../judge-error'
import { type ReadHeader, retryAfter } from './retry-after'

/** Why an attempt failed, and whether another may go better. Texts are as they came: not redacted. */
export interface Failure {
  readonly code: JudgeErrorCode
  /** What happened, as the end of a sentence that begins with the server. */
  readonly what: string
  /** What to do about it; a sentence, or nothing. */
  readonly advice: string
  readonly status?: number
  /** What is at fault, as the caller spells it. */
  readonly parameter: string
  readonly isTransient: boolean
  /** Whether the server says that it is asked too much. */
  readonly isOverload: boolean
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter?: number
  /** Absent where it says no more, and might quote what it read. */
  readonly cause?: unknown
}

/** What is known of the caller, for advice. */
export interface FailureContext {
  readonly server: string
  readonly hasKey: boolean
  /** Whether this server has answered anything before: where it has not, it may not be there at all. */
  readonly hasAnswered: boolean
  readonly timeout: number
}

const transientStatus = (status: number) => [408, 409, 425, 429].includes(status) || status >= 500

/** The server's own words: OpenAI's `error.message`, or another field that servers put it in, or all of it. */
function serverWords(error: APIError): string {
  const body: unknown = error.error
  if (isObject(body)) return String(body.message ?? body.error ?? body.detail ?? JSON.stringify(body))
  return typeof body === 'string' && body !== '' ? body : error.message
}

const keyAdvice = (hasKey: boolean) =>
  hasKey
    ? 'Is the key that was given as apiKey (or in headers) the right one for this server?'
    : 'No key was sent: give apiKey.'

const statusAdvice: Readonly<Record<number, (words: string, context: FailureContext) => string>> = {
  400: (words) =>
    /temperature/i.test(words)
      ? 'This model takes no temperature of choice, as reasoning models do not: leave temperature out of the request.'
      : '',
  401: (_, { hasKey }) => keyAdvice(hasKey),
  403: (_, { hasKey }) => `${keyAdvice(hasKey)} May it use this model?`,
  404: () => 'Is the model’s name right, and does baseUrl end where the API begins, often in /v1?',
  413: () => 'The prompt is longer than the server takes.',
  429: () => 'Lower concurrency, or ask the provider for a higher limit.',
}

const statusParameter: Readonly<Record<number, string>> = {
  401: 'apiKey',
  403: 'apiKey',
  413: 'messages',
  429: 'concurrency',
}

/** A spent quota answers 429 too, and waiting does not help. */
const isQuota = (error: APIError) => [error.code, error.type].includes('insufficient_quota')

function statusFailure(error: APIError, status: number, context: FailureContext): Failure {
  const words = serverWords(error)
  const headers = error.headers as Headers | undefined
  const header: ReadHeader = (name) => headers?.get(name)
  const wait = retryAfter(header)
  return {
    code: 'SERVER_STATUS',
    what: `answered with status ${status}: ${words}`,
    advice: statusAdvice[status]?.(words, context) ?? '',
    status,
    parameter: isQuota(error) ? 'apiKey' : (statusParameter[status] ?? 'baseUrl'),
    isTransient: transientStatus(status) && !isQuota(error),
    isOverload: status === 429 || status === 503,
    ...(wait === undefined ? {} : { retryAfter: wait }),
    cause: error,
  }
}

/** The system's or undici's code, from the innermost cause that has one. */
function networkCode(error: unknown, depth = 0): string {
  if (!isObject(error) || depth > 5) return ''
  const inner = networkCode(error.cause, depth + 1)
  return inner || (typeof error.code === 'string' ? error.code : '')
}

/** What went wrong says the innermost cause; `fetch failed` and `Connection error.` say nothing. */
function innermostMessage(error: unknown, depth = 0): string {
  if (!isObject(error) || depth > 5) return ''
  return innermostMessage(error.cause, depth + 1) || String(error.message ?? '')
}

const networkAdvice: Readonly<Record<string, (server: string) => string>> = {
  ECONNREFUSED: (server) => `Is a server listening at ${server}?`,
  ENOTFOUND: (server) => `Is the host’s name in ${server} right?`,
  EHOSTUNREACH: (server) => `Can ${server} be reached from here?`,
}

/** These stay as they are however often one tries. */
const isPermanent = (code: string, hasAnswered: boolean) =>
  code === 'ENOTFOUND' ||
  /CERT|SELF_SIGNED|TLS|SSL|INVALID/.test(code) ||
  (code === 'ECONNREFUSED' && !hasAnswered)

function networkFailure(error: unknown, context: FailureContext): Failure {
  const code = networkCode(error)
  const message = innermostMessage(error)
  const known = networkAdvice[code]
  return {
    code: 'NETWORK',
    what: `gave no answer: ${[code, message].filter((text) => text !== '').join(', ')}`,
    advice: known ? known(context.server) : 'The connection was lost or could not be made.',
    parameter: 'baseUrl',
    isTransient: !isPermanent(code, context.hasAnswered),
    isOverload: false,
    cause: error,
  }
}

/** What the client threw, as a failure. The caller's own abort is not among these. */
export function failureOf(error: unknown, isTimedOut: boolean, context: FailureContext): Failure {
  if (isTimedOut || /TIMEOUT|ETIMEDOUT/.test(networkCode(error))) return timeoutFailure(error, context)
  if (error instanceof APIError && typeof error.status === 'number') {
    return statusFailure(error, error.status, context)
  }
  return networkFailure(error, context)
}

const timeoutFailure = (error: unknown, { timeout }: FailureContext): Failure => ({
  code: 'TIMEOUT',
  what: `gave no whole answer within ${timeout} ms`,
  advice: 'Raise timeout, or lower concurrency or maxTokens.',
  parameter: 'timeout',
  isTransient: true,
  isOverload: false,
  cause: error,
})

/**
 * A body that is no JSON: a page, which stays one, or a text that was cut off. The parser's error is no cause of it: it
 * quotes a few characters around a place, which may be the middle of a secret.
 */
export function notJsonFailure(text: string): Failure {
  const isPage = /^\s*</.test(text)
  const shown = text === '' ? 'nothing' : text
  return {
    code: 'BAD_RESPONSE',
    what: isPage
      ? `answered with a page in place of JSON: ${shown}`
      : `answered with what is no JSON: ${shown}`,
    advice: isPage ? 'Does baseUrl end where the API begins, often in /v1?' : '',
    parameter: 'baseUrl',
    isTransient: !isPage,
    isOverload: false,
  }
}
