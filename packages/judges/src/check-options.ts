import { JudgeError } from './judge-error'

const quoted: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
}

const isPlain = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]'

/** An object by its fields, where `String` would give "[object Object]"; not by their values, which may be secrets. */
const nameFields = (value: object): string => `an object of ${Object.keys(value).join(', ') || 'no fields'}`

/** A value for messages; strings and bigints, which print as numbers do, are told apart from them. */
export const formatValue = (value: unknown): string =>
  isPlain(value) ? nameFields(value) : (quoted[typeof value] ?? String)(value)

/** Every name of an options type: the compiler sees that none is left out. */
export type OptionNames<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Throws `INVALID_OPTION`, naming it, for an option that is not among `names`, such as a misspelt one, which plain
 * JavaScript would pass over; and for what is no object.
 */
export function checkOptions<T extends object>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const given: unknown = options
  const known = Object.keys(names).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `${owner}: options is ${formatValue(given)}; expected an object of the options ${known}`
    throw new JudgeError('INVALID_OPTION', 'options', message)
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  throw new JudgeError('INVALID_OPTION', unknown, `${owner}: no option ${unknown}; expected one of ${known}`)
}

/** Throws `INVALID_OPTION` unless `value` is one of the choices, and returns what stands for it. */
export function choose<T>(parameter: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T
  const known = Object.keys(choices).join(', ')
  const message = `${parameter} is ${formatValue(value)}; expected one of ${known}`
  throw new JudgeError('INVALID_OPTION', parameter, message)
}

/** Throws `INVALID_OPTION` unless `value` is a function. */
export function checkFunction(parameter: string, value: unknown, expected: string): void {
  if (typeof value === 'function') return
  const message = `${parameter} is ${formatValue(value)}; expected ${expected}`
  throw new JudgeError('INVALID_OPTION', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless `value` is an integer of at least `low`. */
export function checkInteger(parameter: string, value: number, low: number): void {
  if (Number.isSafeInteger(value) && value >= low) return
  const message = `${parameter} is ${formatValue(value)}; expected an integer of at least ${low}`
  throw new JudgeError('OUT_OF_RANGE', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless low ≤ value ≤ high. */
export function checkRange(
  parameter: string,
  value: number,
  low: number,
  high = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === 'number' && value >= low && value <= high && Number.isFinite(value)) return
  const range = high === Number.POSITIVE_INFINITY ? `of at least ${low}` : `from ${low} to ${high}`
  const message = `${parameter} is ${formatValue(value)}; expected a finite number ${range}`
  throw new JudgeError('OUT_OF_RANGE', parameter, message)
}
