import { patternSource } from '../text/python-pattern'
import { countMatches, LINE_END, LINE_START, SPACE, strip, stripCharacter } from '../text/python-text'
import { type Instruction, withoutArguments } from './instruction'

// The original lets the white space before a bullet run over lines: the same bullets, found slowly.
const bullets = ['\\*[^*]', '-'].map(
  (mark) => new RegExp(`${LINE_START}(?:(?!\\n)${SPACE})*${mark}[^\\n]*${LINE_END}`, 'gu'),
)

/** Exactly so many bullet points, by `*` or `-`. As in the original, a line `---` is one. */
export const numberBulletLists: Instruction = {
  arguments: ['num_bullets'],
  build: (given) => {
    const wanted = given.count('num_bullets')
    return (response) =>
      bullets.reduce((count, bullet) => count + countMatches(response, bullet), 0) === wanted
  },
}

const answers = ['My answer is yes.', 'My answer is no.', 'My answer is maybe.']

/** One of three answers occurs. */
export const constrainedResponse: Instruction = withoutArguments((response) =>
  answers.some((answer) => response.includes(answer)),
)

const stars = /\*[^\n*]*\*/gu
const doubleStars = /\*\*[^\n*]*\*\*/gu

/** At least so many pieces `*highlighted*`. As in the original, `**this**` may count and `* a * b *` counts. */
export const numberHighlightedSections: Instruction = {
  arguments: ['num_highlights'],
  build: (given) => {
    const wanted = given.count('num_highlights')
    return (response) => {
      const single = (response.match(stars) ?? []).map((found) => stripCharacter(found, '*'))
      const double = (response.match(doubleStars) ?? []).map((found) => found.slice(2, -2))
      return [...single, ...double].filter((found) => strip(found) !== '').length >= wanted
    }
  },
}

/** At least so many sections, each headed by a word and a number. */
export const multipleSections: Instruction = {
  arguments: ['section_spliter', 'num_sections'],
  build: (given) => {
    const name = patternSource(strip(given.text('section_spliter')), false)
    const head = given.pattern('section_spliter', `${SPACE}?${name}${SPACE}?\\p{Nd}+${SPACE}?`, 'gu')
    const wanted = given.count('num_sections')
    return (response) => countMatches(response, head) >= wanted
  },
}

const fences = ['```json', '```Json', '```JSON', '```']

/** Python's `json` reads these three names; JavaScript's does not. Names inside of strings are left alone. */
const withoutNames = (text: string) =>
  text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/gsu, (found) => (found.startsWith('"') ? found : 'null'))

/** Nothing but JSON, perhaps in a fence. */
export const jsonFormat: Instruction = withoutArguments((response) => {
  let text = strip(response)
  for (const fence of fences) if (text.startsWith(fence)) text = text.slice(fence.length)
  if (text.endsWith('```')) text = text.slice(0, -3)
  try {
    JSON.parse(withoutNames(strip(text)))
    return true
  } catch {
    return false
  }
})

/** A title `<<such as this>>`. */
export const title: Instruction = withoutArguments((response) =>
  (response.match(/<<[^\n]+>>/gu) ?? []).some(
    (found) => strip(found.replace(/^<+/u, '').replace(/>+$/u, '')) !== '',
  ),
)
