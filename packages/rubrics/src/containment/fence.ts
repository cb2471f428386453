import { plainNumbers } from '../parsing/plain-numbers'

/** Delimiters that the texts they were made for cannot close. Made by `fence`. */
export interface Fence {
  /** The digits in every tag; in none of the texts. */
  readonly key: string
  /** The lines that open and close a text of that name. */
  readonly tags: (name: string) => { readonly open: string; readonly close: string }
  /** The text between its tags, each on a line of its own, unchanged. */
  readonly wrap: (name: string, text: string) => string
}

/**
 * The digits of a text and nothing between them: of any script, in any width or style that Unicode folds into ASCII, and
 * whatever stands between them, seen or unseen.
 */
const digitsOf = (text: string): string => plainNumbers(text.normalize('NFKC')).replace(/[^0-9]/g, '')

/** Far from round numbers and years, so that few texts have it and most prompts begin alike. */
const FIRST = 7051

/** The first number of `length` digits, from FIRST on and around, that is not among `taken`. */
function freeNumber(length: number, taken: ReadonlySet<string>): string | undefined {
  const all = 10 ** length
  for (let i = 0; i < all; i++) {
    const candidate = String((FIRST + i) % all).padStart(length, '0')
    if (!taken.has(candidate)) return candidate
  }
  return undefined
}

/** Texts have no more numbers of a length than digits, so that one of the next length or so is free. */
function freeKey(texts: readonly string[], length: number): string {
  const taken = new Set<string>()
  for (const text of texts) {
    for (let i = 0; i + length <= text.length; i++) taken.add(text.slice(i, i + length))
  }
  return freeNumber(length, taken) ?? freeKey(texts, length + 1)
}

/**
 * Tags for untrusted texts, such as `<response-7051>`, with a number that none of the texts has: not in the digits of
 * another script, width or style, and not with anything between them. So no text can close its tag, or open one.
 *
 * The number depends on the texts alone, not on their order, and is nearly always the same: prompts can be cached.
 */
export function fence(texts: readonly string[]): Fence {
  const key = freeKey(texts.map(digitsOf), 4)
  const tags = (name: string) => ({ open: `<${name}-${key}>`, close: `</${name}-${key}>` })
  const wrap = (name: string, text: string) => `${tags(name).open}\n${text}\n${tags(name).close}`
  return { key, tags, wrap }
}
