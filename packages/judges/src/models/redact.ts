import { isObject } from '../is-object'

const HIDDEN = '[redacted]'

/** Shorter keys are placeholders, such as `none` or `ollama`: taking them out would take words out of messages. */
const SHORTEST_SECRET = 8

/** A pattern of what looks like a secret, and what is left of it. */
type Pattern = readonly [RegExp, string]

/** What looks like a secret wherever it stands. What comes before it is kept, so that a message still tells what it was. */
const patterns: readonly Pattern[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@]+@/gi, `$1${HIDDEN}@`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*\?)[^\s#"'<>]+/gi, `$1${HIDDEN}`],
  [/\b(Bearer|Basic)\s+(?!\[redacted\])[^\s"',;}]+/gi, `$1 ${HIDDEN}`],
  [
    /(["']?\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?!\s*(?:Bearer|Basic)\b)(?!\[redacted\])[^\s"',;}]+/gi,
    `$1${HIDDEN}`,
  ],
  [
    /(["']?\b(?:x-)?(?:goog-)?(?:api|access|secret)[-_ ]?(?:key|token)["']?\s*[:=]\s*["']?)(?!\[redacted\])[^\s"',;}]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(?:sk|pk|rk|gsk|xai|hf|nvapi)[-_][A-Za-z0-9_*.-]{6,}/g, HIDDEN],
  [/\bAIza[A-Za-z0-9_-]{10,}/g, HIDDEN],
]

const jsonText = (text: string) => JSON.stringify(text).slice(1, -1)

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const htmlText = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!)

/** How a secret may be written: as it is, in a URL, in JSON, in JSON within JSON, in a page, or as base64. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  encodeURI(secret),
  jsonText(secret),
  jsonText(jsonText(secret)),
  htmlText(secret),
  htmlText(secret).replaceAll("'", '&#x27;').replaceAll('&quot;', '&#34;'),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
]

/** Takes secrets out of what leaves this package. */
export interface Redactor {
  /** Without the known secrets, and without what looks like one. */
  readonly text: (text: string) => string
  /** Without the known secrets only: for names, and for texts of a model, which may be about keys. */
  readonly known: (text: string) => string
  /** The same for every string of a JSON value, keys of objects too. */
  readonly deep: (value: unknown) => unknown
  /** An error to attach as a cause: name, message, code and causes of the one given, and nothing else of it. */
  readonly error: (error: unknown) => Error
}

function deepWith(text: (text: string) => string, value: unknown): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((each) => deepWith(text, each))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), deepWith(text, each)]))
}

function errorWith(text: (text: string) => string, error: unknown, depth = 0): Error {
  const { message, name, code, cause } = isObject(error) ? error : { message: error }
  const options = cause === undefined || depth > 4 ? {} : { cause: errorWith(text, cause, depth + 1) }
  const clean = new Error(text(String(message ?? '')), options)
  // The stack of the original may quote its message; that of this one is of no use to anyone.
  clean.stack = `${text(String(name ?? 'Error'))}: ${clean.message}`
  return Object.assign(
    clean,
    typeof name === 'string' ? { name: text(name) } : {},
    typeof code === 'string' ? { code: text(code) } : {},
  )
}

/** Takes out these secrets, in every spelling, and whatever looks like a key, a token or the user of a URL. */
export function redactor(secrets: readonly (string | undefined)[]): Redactor {
  const given = secrets.filter((secret) => secret !== undefined && secret.trim().length >= SHORTEST_SECRET)
  const each = [...new Set(given.flatMap((secret) => [...spellings(secret!), ...spellings(secret!.trim())]))]
  // Longer ones first: one may begin with another.
  const spelled = each.sort((a, b) => b.length - a.length)
  const known = (text: string) => spelled.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text)
  const text = (whole: string) =>
    patterns.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), known(whole))
  return {
    text,
    known,
    deep: (value) => deepWith(text, value),
    error: (error) => errorWith(text, error),
  }
}
