import { setTimeout } from 'node:timers/promises'
import { RewardModelError } from '../reward-model-error'
import type { EmbedRetry } from './embedder'

/** A request, and how patient to be with it. */
export interface PostJson {
  url: string
  body: unknown
  /** Sent as `Authorization: Bearer`; never part of an error. */
  apiKey?: string | undefined
  /** Attempts after the first. */
  maxRetries: number
  /** Wait before the second attempt; doubles with each, up to 16 times. */
  retryDelaySeconds: number
  /** Longest time for one attempt. */
  timeoutSeconds: number
  signal?: AbortSignal | undefined
  /** Called before each wait for another attempt. */
  onRetry?: ((retry: EmbedRetry) => void) | undefined
}

/** A failed attempt: whether another may help, and how long the server wants to be left alone. */
interface Failure {
  readonly reason: string
  readonly mayRetry: boolean
  readonly waitSeconds?: number | undefined
  readonly cause?: unknown
}

/** A server that wants to be left alone for longer is not waited for. */
const longestWaitSeconds = 600

/**
 * The body of the answer to a POST of JSON. Tries again after 408, 409, 429, 5xx, a connection that was cut and a
 * timeout: after what `Retry-After` says, or else after a wait that doubles. What more attempts do not mend, such as a
 * refused connection or a forbidden port, fails at once.
 * @throws RewardModelError `EMBEDDING_FAILED` naming the URL, what went wrong and what to check; the signal's reason.
 */
export async function postJson(request: PostJson): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    request.signal?.throwIfAborted()
    const outcome = await attemptPost(request)
    if (typeof outcome === 'string') return outcome
    const { reason, mayRetry, waitSeconds, cause } = outcome
    const delay =
      waitSeconds ?? request.retryDelaySeconds * 2 ** Math.min(attempt - 1, 4) * (1 + Math.random() / 4)
    const isLast = !mayRetry || attempt > request.maxRetries
    if (isLast || delay > longestWaitSeconds) {
      const attempts = attempt > 1 ? ` (after ${attempt} attempts)` : ''
      const asked = isLast ? '' : `; it asked to be left alone for ${delay} seconds`
      throw new RewardModelError('EMBEDDING_FAILED', `${request.url}: ${reason}${asked}${attempts}`, {
        cause,
      })
    }
    request.onRetry?.({ attempt, attempts: request.maxRetries + 1, reason, delaySeconds: delay })
    await pause(delay, request.signal)
  }
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(seconds * 1000, undefined, signal ? { signal } : {})
  } catch {
    // The timer rejects with an error of its own; callers are promised the signal's reason.
    signal?.throwIfAborted()
  }
}

async function attemptPost({
  url,
  body,
  apiKey,
  timeoutSeconds,
  signal,
}: PostJson): Promise<string | Failure> {
  const timeout = AbortSignal.timeout(Math.round(timeoutSeconds * 1000))
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    const text = await response.text()
    return response.ok ? text : failedResponse(response, text, apiKey)
  } catch (cause) {
    signal?.throwIfAborted()
    if (timeout.aborted)
      return { reason: `no answer within ${timeoutSeconds} seconds`, mayRetry: true, cause }
    return failedConnection(cause)
  }
}

const keyHint =
  'check the option apiKey, or OPENAI_API_KEY, which is sent only to OpenAI and to where OPENAI_BASE_URL points'

/** What to check, by status. */
const hints: Readonly<Record<number, string>> = {
  401: `the key was missing or refused; ${keyHint}`,
  403: `the key may not do this; ${keyHint}`,
  404: 'no such model or path; check that baseURL ends before /embeddings (mostly in /v1) and the name of the model',
  429: 'too many requests, or no credit left',
}
/** Statuses whose body may hold a part of the key. */
const secretive = new Set([401, 403])

function failedResponse(response: Response, text: string, apiKey: string | undefined): Failure {
  const { status } = response
  const hint = hints[status]
  const said = secretive.has(status) ? '' : quote(apiKey ? text.replaceAll(apiKey, '***') : text)
  return {
    reason: [`answered ${status}`, hint, said].filter(Boolean).join(': '),
    mayRetry: status === 408 || status === 409 || status === 429 || status >= 500,
    waitSeconds: retryAfter(response.headers.get('retry-after')),
  }
}

/** The first 300 characters of a body on one line. */
export const quote = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300)

/** Seconds in a `Retry-After` header, which holds them or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000)
}

/** A failure of the connection, by its code. */
interface ConnectionFailure {
  readonly said: string
  readonly advice: string
  readonly mayRetry: boolean
}

const baseURLAdvice = 'check that a server runs there, and the option baseURL'
const cut = {
  said: 'the connection was cut before the whole answer was there',
  advice: 'the log of the server may say why',
  mayRetry: true,
}
const late = { said: 'no connection or answer in time', advice: baseURLAdvice, mayRetry: true }
const away = { said: 'the host could not be reached', advice: 'check the network', mayRetry: true }

const connectionFailures: Readonly<Record<string, ConnectionFailure>> = {
  UND_ERR_SOCKET: cut,
  ECONNRESET: cut,
  EPIPE: cut,
  ETIMEDOUT: late,
  UND_ERR_CONNECT_TIMEOUT: late,
  UND_ERR_HEADERS_TIMEOUT: late,
  UND_ERR_BODY_TIMEOUT: late,
  EAI_AGAIN: away,
  ENETUNREACH: away,
  EHOSTUNREACH: away,
  ECONNREFUSED: { said: 'the connection was refused', advice: baseURLAdvice, mayRetry: false },
  ENOTFOUND: { said: 'there is no host of this name', advice: baseURLAdvice, mayRetry: false },
}
/** What is not listed is no accident but a mistake, such as a forbidden port or `https` where `http` is spoken. */
const mistaken = { said: 'could not be asked', advice: baseURLAdvice, mayRetry: false }

function failedConnection(cause: unknown): Failure {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause
  const { code = '' } = inner ?? {}
  const known = Object.hasOwn(connectionFailures, code) ? connectionFailures[code] : undefined
  const { said, advice, mayRetry } = known ?? mistaken
  const what = inner?.code ?? inner?.message ?? (cause as Error).message
  return { reason: `${said} (${what}); ${advice}`, mayRetry, cause }
}
