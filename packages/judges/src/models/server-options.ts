import { checkFunction, checkInteger, checkRange, formatValue, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import { checkPrices, type Prices } from '../usage'
import type { AdaptiveLimit } from './adaptive-limit'
import { parseAddress, type ServerAddress } from './server-address'

/** Where a server is, and how it is asked. */
export interface ServerOptions {
  /**
   * Such as `http://localhost:8000/v1`: the address that `/chat/completions` is appended to. Parameters of its query are
   * sent with each request; those with a name like `key`, `token`, `sig`, `secret` or `password` are secrets.
   */
  readonly baseUrl: string
  /** The model's name, as `/models` of the server lists it. */
  readonly model: string
  /**
   * Sent as a bearer token; never read from the environment, and never part of a message, an error or an identity.
   * Default: none is sent.
   */
  readonly apiKey?: string
  /**
   * Further headers, as a gateway may want them. Values of those with a name like `Authorization`, `api-key`, `x-token` or
   * `Cookie` are secrets like the key; those of others are part of the identity, as they may decide what answers.
   */
  readonly headers?: Readonly<Record<string, string>>
  /** Most that one attempt may take, its whole body included, in milliseconds. Default: 120,000. */
  readonly timeout?: number
  /**
   * How often a failed attempt is repeated: after status 408, 409, 425, 429 and 5xx, lost connections, timeouts and bodies
   * that are no JSON. What the request is to blame for, such as 400, 401, 403 and 404, is not repeated. A server may have
   * worked on an attempt that timed out or was lost, and charge for it: nobody says how many tokens, so that they are in no
   * usage and no limit of cost. Default: 5.
   */
  readonly retries?: number
  /** Most that is waited before the first repetition, in milliseconds; it doubles each time. Default: 500. */
  readonly retryDelay?: number
  /** Most that is waited between attempts, in milliseconds. Default: 30,000. */
  readonly maxRetryDelay?: number
  /** Longest `Retry-After` that is waited for, in milliseconds; a longer one is an error that says so. Default: 120,000. */
  readonly maxRetryAfter?: number
  /** Most requests at once; fewer while the server answers 429 or 503. Default: 8. */
  readonly concurrency?: number
  /** In place of `concurrency`: one limit for all that ask the same server. */
  readonly limit?: AdaptiveLimit
  /** What tokens cost. Default: costs are not counted. */
  readonly prices?: Prices
  /** Further fields of each request, such as `{ chat_template_kwargs: { enable_thinking: false } }`. */
  readonly extraBody?: Readonly<Record<string, unknown>>
  /** Seed of the random delays between attempts. Default: none, so that many processes do not wait in step. */
  readonly jitterSeed?: number
  /** Told, once each, of what is done otherwise than asked for, such as another name for a parameter. */
  readonly onNotice?: (notice: string) => void
}

/** The names of {@link ServerOptions}, for {@link checkOptions}. */
export const serverOptionNames: OptionNames<ServerOptions> = {
  baseUrl: true,
  model: true,
  apiKey: true,
  headers: true,
  timeout: true,
  retries: true,
  retryDelay: true,
  maxRetryDelay: true,
  maxRetryAfter: true,
  concurrency: true,
  limit: true,
  prices: true,
  extraBody: true,
  jitterSeed: true,
  onNotice: true,
}

function checkText(parameter: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return
  throw new JudgeError('INVALID_OPTION', parameter, `${parameter} is ${formatValue(value)}; expected a text`)
}

function checkHeaderName(name: string): void {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return
  const message = `headers has the name ${formatValue(name)}; expected the name of an HTTP header`
  throw new JudgeError('INVALID_OPTION', 'headers', message)
}

/** A header cannot carry it, and the message of whoever tried would quote it. */
function checkHeaderValue(parameter: string, value: unknown): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header must not have.
  if (typeof value === 'string' && !/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value)) return
  const message = `${parameter} has characters that no HTTP header may have, or is no string (its value is not shown)`
  throw new JudgeError('INVALID_OPTION', parameter, message)
}

function checkSecrets({ apiKey, headers = {} }: ServerOptions, { userinfo }: ServerAddress): void {
  if (apiKey !== undefined) checkHeaderValue('apiKey', apiKey)
  for (const [name, value] of Object.entries(headers)) {
    checkHeaderName(name)
    checkHeaderValue(`headers[${name}]`, value)
  }
  if (apiKey === undefined || userinfo === undefined) return
  const message = 'apiKey and the user in baseUrl both make an Authorization header; expected one of them'
  throw new JudgeError('INVALID_OPTION', 'apiKey', message)
}

/** Everything that the options of a server must satisfy. Throws `INVALID_OPTION` or `OUT_OF_RANGE`. */
export function checkServerOptions(options: ServerOptions): ServerAddress {
  const address = parseAddress(options.baseUrl)
  checkText('model', options.model)
  checkSecrets(options, address)
  if (options.timeout !== undefined) checkInteger('timeout', options.timeout, 1)
  if (options.retries !== undefined) checkInteger('retries', options.retries, 0)
  if (options.concurrency !== undefined) checkInteger('concurrency', options.concurrency, 1)
  for (const name of ['retryDelay', 'maxRetryDelay', 'maxRetryAfter'] as const) {
    if (options[name] !== undefined) checkRange(name, options[name], 0)
  }
  if (options.jitterSeed !== undefined) checkInteger('jitterSeed', options.jitterSeed, 0)
  if (options.prices !== undefined) checkPrices(options.prices)
  if (options.onNotice !== undefined) checkFunction('onNotice', options.onNotice, 'a function of a text')
  if (options.limit !== undefined)
    checkFunction('limit.acquire', options.limit?.acquire, 'a limit of adaptiveLimit')
  return address
}
