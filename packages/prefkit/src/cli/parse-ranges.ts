import { InvalidArgumentError } from 'commander'
import { parseNumber } from './parse-values'

/** Reads a number of the command line that has to be one of those that `expected` names. */
const parseWhere =
  (expected: string, allows: (value: number) => boolean) =>
  (text: string): number => {
    const value = parseNumber(text)
    if (allows(value)) return value
    throw new InvalidArgumentError(`expected ${expected}`)
  }

/** Reads a finite number above 0. */
export const parsePositive = parseWhere(
  'a number above 0',
  (value) => value > 0 && value < Number.POSITIVE_INFINITY,
)

/** Reads a finite number of at least 0. */
export const parseNotNegative = parseWhere(
  'a number of at least 0',
  (value) => value >= 0 && value < Number.POSITIVE_INFINITY,
)

/** Reads a share from 0 to 1. */
export const parseShare = parseWhere('a number from 0 to 1', (value) => value >= 0 && value <= 1)

/** Reads a share from 0 up to, but not including, 1. */
export const parsePartialShare = parseWhere(
  'a number of at least 0 and less than 1',
  (value) => value >= 0 && value < 1,
)

/** Reads a share above 0 and up to 1. */
export const parsePositiveShare = parseWhere(
  'a number above 0 and up to 1',
  (value) => value > 0 && value <= 1,
)

/** Reads a whole number of at least 0. */
export const parseWhole = parseWhere(
  'a whole number of at least 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
)

/** Reads an integer. */
export const parseInteger = parseWhere('a whole number', Number.isSafeInteger)

/** Reads a whole number of at least 2. */
export const parseSeveral = parseWhere(
  'a whole number of at least 2',
  (value) => Number.isSafeInteger(value) && value >= 2,
)

/** Reads one of the names that there are. */
export const parseChoice =
  <Name extends string>(known: readonly Name[]) =>
  (text: string): Name => {
    const found = known.find((name) => name === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`)
  }

/** Takes every text of an option that may be repeated, but an empty one. */
export function parseTexts(text: string, previous: readonly string[] = []): string[] {
  if (text !== '') return [...previous, text]
  throw new InvalidArgumentError('expected text')
}
