// Python's str methods and the classes of its `re`, where JavaScript's differ. Sources of patterns are for flag `u`.

/**
 * What Python's `\s`, `str.strip` and `str.split` take for white space: with U+001C to U+001F and U+0085,
 * without U+FEFF.
 */
export const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'

/** What Python's `\S` matches. */
export const NOT_SPACE = SPACE.replace('[', '[^')

/** What Python's `\w` matches: letters and numbers of any kind and `_`, but no combining marks. */
export const WORD = '[\\p{L}\\p{N}_]'

/** Python's `\b`. */
export const WORD_BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`

/** Python's `^` and `$` with MULTILINE, where only a line feed ends a line. */
export const LINE_START = '(?<![^\\n])'
export const LINE_END = '(?![^\\n])'

/** Python's `$` without MULTILINE: the end, or before a line feed there. */
export const END = '(?![^\\n]|\\n[^])'

const space = new RegExp(SPACE, 'u')
const spaces = new RegExp(`${SPACE}+`, 'u')
const words = new RegExp(`${WORD}+`, 'gu')

/** `str.rstrip()`. A pattern would look at a run of spaces once for each of them. */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && space.test(text[end - 1]!)) end--
  return text.slice(0, end)
}

/** `str.strip()`. */
export function strip(text: string): string {
  let start = 0
  while (start < text.length && space.test(text[start]!)) start++
  return stripEnd(text.slice(start))
}

/** `str.split()`: pieces between runs of white space, none empty. */
export const splitAtSpaces = (text: string): string[] => text.split(spaces).filter((piece) => piece !== '')

/** `str.strip(character)`. */
export function stripCharacter(text: string, character: string): string {
  let start = 0
  let end = text.length
  while (start < end && text[start] === character) start++
  while (end > start && text[end - 1] === character) end--
  return text.slice(start, end)
}

/** `str.islower()`: something in lower case, nothing in upper or title case. */
export const isLower = (text: string): boolean =>
  /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text)

/** `str.isupper()`: something in upper case, nothing in lower or title case. */
export const isUpper = (text: string): boolean =>
  /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text)

/** How often `pattern`, which has flag `g`, matches. */
export const countMatches = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/** Number of words as NLTK's `RegexpTokenizer(r"\w+")` finds them: "it's" is two, combining marks separate. */
export const countWords = (text: string): number => countMatches(text, words)
