import type OpenAI from 'openai'
import { type AdaptiveLimit, adaptiveLimit } from './adaptive-limit'
import { type Backoff, jitter, type Random } from './backoff'
import { clientOf } from './client-of'
import { type Redactor, redactor } from './redact'
import { isSecretName, secretsOf } from './secrets-of'
import type { ServerAddress } from './server-address'
import { checkServerOptions, type ServerOptions } from './server-options'

/** One request to a server. */
export interface ServerCall {
  readonly method: 'get' | 'post'
  /** After the base URL, as `/chat/completions`; or a whole address, for routes that are not under it. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** What the answer is: JSON, or a text as it stands, such as `Success`. Default: `json`. */
  readonly answer?: 'json' | 'text'
  /** In place of the connection's. */
  readonly retries?: number
}

/** Requests at once, where nobody says how many. */
export const DEFAULT_CONCURRENCY = 8

/** Everything that the requests of a connection have in common. */
export interface RequestSetup {
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

/** Throws as {@link checkServerOptions}. */
export function requestSetup(options: ServerOptions): RequestSetup {
  const address = checkServerOptions(options)
  const { timeout = 120_000, retries = 5, retryDelay = 500, maxRetryDelay = 30_000, headers = {} } = options
  return {
    options,
    address,
    redactor: redactor(secretsOf(options, address)),
    client: clientOf(options, address, timeout),
    limit: options.limit ?? adaptiveLimit(options.concurrency ?? DEFAULT_CONCURRENCY),
    random: jitter(options.jitterSeed),
    backoff: { base: retryDelay, most: maxRetryDelay },
    timeout,
    retries,
    maxRetryAfter: options.maxRetryAfter ?? 120_000,
    hasKey:
      options.apiKey !== undefined ||
      address.userinfo !== undefined ||
      Object.keys(headers).some(isSecretName),
    state: { hasAnswered: false },
  }
}
