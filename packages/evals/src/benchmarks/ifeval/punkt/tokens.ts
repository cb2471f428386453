import { isLower, isUpper, SPACE, strip } from '../text/python-text'

/** A token of Punkt, with what the two passes say of it. */
export interface PunktToken {
  text: string
  /** In lower case, with numbers as `##number##`. */
  type: string
  endsSentence: boolean
  isAbbreviation: boolean
  isEllipsis: boolean
}

/** What ends a word though no space does. */
export const NOT_IN_WORDS = `[)";}\\]*:@'({\\[!?]`

const SEVERAL = '(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)'.replace('\\s', SPACE)

const tokenPattern = new RegExp(
  `${SEVERAL}|(?=[^("\`{\\[:;&#*@)}\\]\\-,])${SPACE.replace('[', '[^')}+?` +
    `(?=${SPACE}|$|${NOT_IN_WORDS}|${SEVERAL}|,(?=$|${SPACE}|${NOT_IN_WORDS}|${SEVERAL}))|${SPACE.replace('[', '[^')}`,
  'gu',
)

const numeric = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u

const tokenOf = (text: string): PunktToken => ({
  text,
  type: text.toLowerCase().replace(numeric, '##number##'),
  endsSentence: false,
  isAbbreviation: false,
  isEllipsis: false,
})

/** The words and punctuation of a text. */
export const punktTokens = (text: string): PunktToken[] =>
  text
    .split('\n')
    .filter((line) => strip(line) !== '')
    .flatMap((line) => line.match(tokenPattern) ?? [])
    .map(tokenOf)

const withoutPeriod = (type: string) => (type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type)

/** The type without a final period. */
export const bareType = ({ type }: PunktToken): string => withoutPeriod(type)

/** The type, without a final period where that ends a sentence. */
export const typeInSentence = ({ type, endsSentence }: PunktToken): string =>
  endsSentence ? withoutPeriod(type) : type

const firstCharacter = ({ text }: PunktToken) => String.fromCodePoint(text.codePointAt(0) ?? 0)

/** Whether the first character is in upper case. */
export const startsUpper = (token: PunktToken): boolean => isUpper(firstCharacter(token))

/** Whether the first character is in lower case. */
export const startsLower = (token: PunktToken): boolean => isLower(firstCharacter(token))

/** One letter and a period, such as the J of "J. Bach". */
export const isInitial = ({ text }: PunktToken): boolean => /^(?!\p{Nd})[\p{L}\p{N}_]\.$/u.test(text)
