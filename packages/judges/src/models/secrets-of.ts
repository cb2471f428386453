import { isPlaceholder } from './hide-secrets'
import type { ServerAddress } from './server-address'
import type { ServerOptions } from './server-options'

/** `author` and `signal` are no secrets, `x-auth` and `sig` are. */
const secretName =
  /key|token|secret|cookie|credential|signature|passw|session|jwt|bearer|auth(?!or(?!i))|(?:^|[^a-z])(?:sig|pass|pwd)(?![a-z])/i

/** Whether what has this name, a header or a parameter of the query, is a secret; others may stand in any text. */
export const isSecretName = (name: string): boolean => secretName.test(name)

/** The user may be the secret, where the password says nothing. */
function userinfoSecrets(userinfo: string): string[] {
  const at = userinfo.indexOf(':')
  const [user, password] = at < 0 ? [userinfo, ''] : [userinfo.slice(0, at), userinfo.slice(at + 1)]
  return isPlaceholder(password) ? [userinfo, user] : [userinfo, password]
}

const cookieSecrets = (value: string) =>
  value.split(';').map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim())

/** The value, and what a server may quote of it: what comes after the scheme, a password, a cookie. */
function headerSecrets(name: string, value: string): string[] {
  const [, scheme = '', rest = ''] = /^\s*([a-z][\w-]*)\s+(\S.*?)\s*$/i.exec(value) ?? []
  const decoded = /^basic$/i.test(scheme) ? userinfoSecrets(Buffer.from(rest, 'base64').toString()) : []
  const cookies = /cookie/i.test(name) ? cookieSecrets(value) : []
  return [value, rest, ...decoded, ...cookies]
}

const secretEntries = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).filter(([name]) => isSecretName(name))

/** Everything in these options that must not be shown. */
export function secretsOf({ apiKey, headers = {} }: ServerOptions, address: ServerAddress): string[] {
  return [
    ...(apiKey === undefined ? [] : [apiKey]),
    ...(address.userinfo === undefined ? [] : userinfoSecrets(address.userinfo)),
    ...secretEntries(headers).flatMap(([name, value]) => headerSecrets(name, value)),
    ...secretEntries(address.query).map(([, value]) => value),
  ]
}
