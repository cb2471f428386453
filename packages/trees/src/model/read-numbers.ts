import { invalidModel, quoted } from './model-error'

/** `key=text` at a line of the model, counted from 1. */
export interface Field {
  readonly key: string
  readonly text: string
  readonly line: number
}

const integer = /^[-+]?\d+$/
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/
const infinities: ReadonlyMap<string, number> = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
])

/** Words of a line; several spaces separate as one does. */
export const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '')

function checkedWords({ key, text, line }: Field, count: number, why: string): string[] {
  const words = wordsOf(text)
  if (words.length === count) return words
  throw invalidModel(line, `${key} has ${words.length} numbers; expected ${count} (${why})`)
}

function integerOf(word: string, { key, line }: Field, position: string, low: number, high: number): number {
  const value = integer.test(word) ? Number(word) : Number.NaN
  if (value >= low && value <= high) return value
  throw invalidModel(line, `${key}${position} is ${quoted(word)}; expected an integer from ${low} to ${high}`)
}

function numberOf(word: string, { key, line }: Field, position: string): number {
  if (decimal.test(word)) return Number(word)
  const infinite = infinities.get(word)
  if (infinite !== undefined) return infinite
  throw invalidModel(line, `${key}${position} is ${quoted(word)}; expected a number`)
}

/** One integer from `low` to `high`. */
export const readInteger = (field: Field, low: number, high: number): number =>
  integerOf(field.text, field, '', low, high)

/** One number; infinite ones are `inf`, NaN is none. */
export const readNumber = (field: Field): number => numberOf(field.text, field, '')

/** Fills `into` with as many integers from `low` to `high`; `why` says in messages what their count is. */
export function readIntegers<T extends Int32Array | Uint32Array | Uint8Array>(
  field: Field,
  into: (count: number) => T,
  count: number,
  [low, high]: readonly [number, number],
  why: string,
): T {
  const words = checkedWords(field, count, why)
  const values = into(count)
  words.forEach((word, i) => {
    values[i] = integerOf(word, field, `[${i}]`, low, high)
  })
  return values
}

/** As {@link readIntegers}, of any numbers but NaN. */
export function readNumbers<T extends Float32Array | Float64Array>(
  field: Field,
  into: (count: number) => T,
  count: number,
  why: string,
): T {
  const words = checkedWords(field, count, why)
  const values = into(count)
  words.forEach((word, i) => {
    values[i] = numberOf(word, field, `[${i}]`)
  })
  return values
}
