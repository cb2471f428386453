/** What stands where a secret was. */
export const HIDDEN = '[redacted]'

/** What people give where a server wants some key and any will do: words that mean other things elsewhere. */
const placeholders: ReadonlySet<string> = new Set(
  `0 1 anything api-key basic bearer dummy empty fake false key llama.cpp lm-studio lm_studio local no no-key
  no-key-required none not-needed notneeded null off ollama on placeholder redacted sglang sk-no-key-required test
  token true undefined unused vllm x x-oauth-basic xx xxx yes`.split(/\s+/),
)

/** Whether it is no secret; anything else is one, however short. */
export const isPlaceholder = (secret: string): boolean =>
  secret.trim() === '' || placeholders.has(secret.trim().toLowerCase())

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

/** Every spelling of every secret, the longer ones first: one may begin with another. */
export function spellingsOf(secrets: readonly string[]): string[] {
  const all = secrets.flatMap((secret) => [secret, secret.trim()]).flatMap(spellings)
  return [...new Set(all)].sort((a, b) => b.length - a.length)
}

/** Shorter ones are hidden where they stand by themselves only: as a part of words they are everywhere. */
const SHORTEST_WITHIN_WORDS = 4

/** What a server may leave of a secret that it cuts off; less of one is too often a part of something else. */
const SHORTEST_PREFIX = 8

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** What is hidden already stays as it is, whatever the secret. */
const outsideHidden = (text: string, hide: (part: string) => string) =>
  text.split(HIDDEN).map(hide).join(HIDDEN)

/** A matcher of all of a spelling, in letters of either case. */
const wholeOf = (spelling: string): RegExp =>
  spelling.length < SHORTEST_WITHIN_WORDS
    ? new RegExp(`(?<![\\p{L}\\p{N}])${escaped(spelling)}(?![\\p{L}\\p{N}])`, 'giu')
    : new RegExp(escaped(spelling), 'gi')

/** How far a text goes on as the spelling does, from `at`. */
function commonLength(text: string, at: number, spelling: string): number {
  let length = SHORTEST_PREFIX
  while (length < spelling.length && text[at + length]?.toLowerCase() === spelling[length]!.toLowerCase())
    length++
  return length
}

/** Hides what begins as the spelling does, as far as it goes on so. */
function hidePrefixes(text: string, spelling: string, head: RegExp): string {
  const parts: string[] = []
  let from = 0
  head.lastIndex = 0
  for (let found = head.exec(text); found; found = head.exec(text)) {
    parts.push(text.slice(from, found.index))
    from = found.index + commonLength(text, found.index, spelling)
    head.lastIndex = from
  }
  return [...parts, text.slice(from)].join(HIDDEN)
}

/** Hides these spellings where they stand whole. */
export function hiderOfWhole(all: readonly string[]): (text: string) => string {
  const matchers = all.map(wholeOf)
  return (text) =>
    matchers.reduce((rest, matcher) => outsideHidden(rest, (part) => part.replace(matcher, HIDDEN)), text)
}

/** Hides what is left of these spellings where they were cut off after {@link SHORTEST_PREFIX} characters or more. */
export function hiderOfPrefixes(all: readonly string[]): (text: string) => string {
  const long = all.filter((spelling) => spelling.length > SHORTEST_PREFIX)
  const heads = long.map((spelling) => ({
    spelling,
    head: new RegExp(escaped(spelling.slice(0, SHORTEST_PREFIX)), 'gi'),
  }))
  return (text) =>
    heads.reduce(
      (rest, { spelling, head }) => outsideHidden(rest, (part) => hidePrefixes(part, spelling, head)),
      text,
    )
}
