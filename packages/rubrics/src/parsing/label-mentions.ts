import { escaped } from './escaped'

/** `text` as a pattern for any case of its letters; the flag `i` would make a bare label of the article `a`. */
const anyCase = (text: string) =>
  Array.from(text, (character) => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    if (/\s/.test(character)) return String.raw`[ \t]{1,3}`
    return lower === upper || lower.length + upper.length > 2 ? escaped(character) : `[${lower}${upper}]`
  }).join('')

const nouns =
  'output response answer assistant option model candidate system solution text summary completion choice ai chatbot'
const noun = `(?:${nouns.split(' ').map(anyCase).join('|')})`
const leadingNoun = new RegExp(`^${noun}\\b`)

/** The part of a label that tells it from the others: `a` of `Output (a)`, `A` of `A`. */
function coreOf(label: string): string {
  const rest = label.replace(leadingNoun, '')
  const core = rest.replace(/^[\s#([{"'*]{1,20}|[\s)\]}"'*]{1,20}$/g, '')
  return core === '' ? label : core
}

const marks = String.raw`[*_"'“”‘’\x60]{0,4}`

/**
 * Source of a case-sensitive pattern of the ways in which texts mention a label: as it is, after a noun (`Response A`,
 * `output (a)`), or in brackets. A bare letter counts in the label's own case only, for `a` is an article.
 */
function mentionPattern(label: string): string {
  const core = anyCase(coreOf(label))
  const literal = [...label].length === 1 ? escaped(label) : anyCase(label)
  const named = String.raw`(?<!\w)${noun}[ \t_]{0,2}${marks}[(\[]{0,2}${core}(?!\w|['’]s\b)[)\]]{0,2}`
  const bracketed = String.raw`\(${core}\)|\[\[?${core}\]?\]|\{${core}\}`
  return String.raw`${marks}(?:${named}|${bracketed}|(?<![\w'’])${literal}(?![\w'’]))${marks}`
}

/** The character that stands for label number `index` once mentions are marked; from the private use area. */
const markOf = (index: number): string => String.fromCharCode(0xe000 + index)

const FIRST_MARK = 0xe000

/** The index of the label that a mark stands for. */
export const labelOf = (mark: string): number => mark.charCodeAt(0) - FIRST_MARK

/** A character class of marks. */
export const anyMark = '[\ue000-\ue0ff]'

const ownMarks = new RegExp(anyMark, 'g')

/** `Response A's tone` is not about the whole of the response. */
const isPossessive = (around: string) => /^['’]s(?!\w)/.test(around)

/** A function that puts one character, `markOf(i)`, in the place of each mention of `labels[i]` in a text. */
export function markMentions(labels: readonly string[]): (text: string) => string {
  const byLength = labels.map((label, index) => ({ label: label.trim(), index }))
  byLength.sort((left, right) => right.label.length - left.label.length)
  const pattern = new RegExp(byLength.map(({ label }) => `(${mentionPattern(label)})`).join('|'), 'g')
  return (text) =>
    text.replace(ownMarks, '').replace(pattern, (...match) => {
      const end: number = match.at(-2) + match[0].length
      if (isPossessive(text.slice(end - 1, end + 2))) return match[0]
      const group = match.slice(1, 1 + labels.length).findIndex((part) => part !== undefined)
      return markOf(byLength[group]!.index)
    })
}
