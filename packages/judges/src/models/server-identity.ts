import { canonicalJson, sha256 } from '../canonical-json'
import { isObject } from '../is-object'
import type { Redactor } from './redact'
import { isSecretName } from './secrets-of'
import type { ServerAddress } from './server-address'
import type { ServerOptions } from './server-options'

/** Headers that tell one request from another, or who asks: no server answers by them. */
const tracing = /^(?:user-agent|traceparent|tracestate|baggage|x-(?:request|correlation|trace)-id)$/

const decides = (name: string) => !isSecretName(name) && !tracing.test(name)

const deciding = (values: Readonly<Record<string, string>>, nameOf = (name: string) => name) =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [nameOf(name), value] as const)
      .filter(([name]) => decides(name)),
  )

/** Every string of a JSON value without the known secrets, which do not decide the answer. */
function withoutSecrets(known: Redactor['known'], value: unknown): unknown {
  if (typeof value === 'string') return known(value)
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(known, each))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets(known, each)]))
}

/**
 * What tells answers of this server and model from others: both by name, and a digest of all that may decide the answer,
 * as it was given: the address with its query, the model, the headers and the further fields of the body, without the
 * values of those headers and parameters that are secrets by name.
 *
 * Throws `INVALID_INPUT` for an `extraBody` that is no plain JSON.
 */
export function identityOf(
  { model, headers = {}, extraBody = {} }: ServerOptions,
  { url, query }: ServerAddress,
  { text, known }: Redactor,
): Readonly<Record<string, unknown>> {
  canonicalJson('extraBody', extraBody)
  const settings = {
    url,
    model,
    query: deciding(query),
    headers: deciding(headers, (name) => name.toLowerCase()),
    extraBody: withoutSecrets(known, extraBody),
  }
  return { server: text(url), model: known(model), settings: sha256(canonicalJson('settings', settings)) }
}
