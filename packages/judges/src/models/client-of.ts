import OpenAI from 'openai'
import type { ServerAddress } from './server-address'
import type { ServerOptions } from './server-options'
import { LONGEST_TIMER } from './timer'

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
export function clientOf(options: ServerOptions, address: ServerAddress, timeout: number): OpenAI {
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
    timeout: Math.min(timeout + 60_000, LONGEST_TIMER),
    logLevel: 'off',
  })
}
