import { formatValue } from '../check-options'
import { JudgeError } from '../judge-error'
import { redactor } from './redact'

/** An address taken apart: what may be shown, and what is a secret. */
export interface ServerAddress {
  /** Without user, query and a slash at the end; may be shown. */
  readonly url: string
  /** The address without the path's `/v1`, where routes are that are not OpenAI's. */
  readonly root: string
  readonly query: Readonly<Record<string, string>>
  /** What an `Authorization` header is made of, where the address has a user. */
  readonly userinfo?: string
}

/** Throws `INVALID_OPTION` unless `baseUrl` is an HTTP address. */
export function parseAddress(baseUrl: string): ServerAddress {
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    const shown = redactor([]).text(formatValue(baseUrl))
    const message = `baseUrl is ${shown}; expected an address such as http://localhost:8000/v1`
    throw new JudgeError('INVALID_OPTION', 'baseUrl', message)
  }
  const path = url.pathname.replace(/\/+$/, '')
  const address = `${url.origin}${path}`
  return {
    url: address,
    root: address.replace(/\/v\d+$/, ''),
    query: Object.fromEntries(url.searchParams),
    ...(url.username || url.password
      ? { userinfo: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }
      : {}),
  }
}
