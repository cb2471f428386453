import { isObject } from '../is-object'
import { HIDDEN, hiderOfPrefixes, hiderOfWhole, isPlaceholder, spellingsOf } from './hide-secrets'

/** A pattern of what looks like a secret, and what is left of it. */
type Pattern = readonly [RegExp, string]

/** What looks like a secret wherever it stands. What comes before it is kept, so that a message still tells what it was. */
const patterns: readonly Pattern[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@]+@/gi, `$1${HIDDEN}@`],
  [
    /([?&][^\s=&#"'<>]*(?:key|token|sig|secret|passw|credential|auth|session|jwt)[^\s=&#"'<>]*=)[^\s&#"'<>]+/gi,
    `$1${HIDDEN}`,
  ],
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

/** Shorter secrets may be words, or answers, of a model's text. */
const SHORTEST_IN_ANSWERS = 8

/** Takes secrets out of what leaves this package. */
export interface Redactor {
  /**
   * Without the known secrets, whole or cut off after 8 characters or more, in either case of letters, and without what
   * looks like a secret: for messages.
   */
  readonly text: (text: string) => string
  /**
   * Without the known secrets of at least 8 characters, whole, and nothing else: for names, and for texts of a model, which
   * may be about keys.
   */
  readonly known: (text: string) => string
  /** An error to attach as a cause: name, message, code and causes of the one given, and nothing else of it. */
  readonly error: (error: unknown) => Error
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

/**
 * Takes out these secrets, in every spelling, and whatever looks like a key, a token or the user of a URL. A secret may
 * have any length; one of fewer than 4 characters is found where it stands by itself. Words that are given where any key
 * will do, such as `none`, `EMPTY` or `lm-studio`, are no secrets.
 */
export function redactor(secrets: readonly (string | undefined)[]): Redactor {
  const given = secrets.filter((secret) => secret !== undefined).filter((secret) => !isPlaceholder(secret))
  const all = spellingsOf(given)
  const whole = hiderOfWhole(all)
  const prefixes = hiderOfPrefixes(all)
  const known = hiderOfWhole(
    spellingsOf(given.filter((secret) => secret.trim().length >= SHORTEST_IN_ANSWERS)),
  )
  const text = (message: string) =>
    patterns.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), prefixes(whole(message)))
  return { text, known, error: (error) => errorWith(text, error) }
}
