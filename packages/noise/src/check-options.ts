import { NoiseError } from './noise-error'

const quoted: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
}

/** A value for messages; strings and bigints, which print as numbers do, are told apart from them. */
export const formatValue = (value: unknown): string => (quoted[typeof value] ?? String)(value)

/** Every name of an object of arguments: the compiler sees that none is left out. */
export type Names<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Throws `INVALID_OPTION` for a name that is not among `names`, such as a misspelt one, which plain JavaScript would
 * pass over; and for what is no object.
 */
export function checkNames<T extends object>(owner: string, given: T, names: Names<NoInfer<T>>): void {
  const value: unknown = given
  const known = Object.keys(names).join(', ')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `${owner}: expected an object of ${known}, got ${formatValue(value)}`
    throw new NoiseError('INVALID_OPTION', owner, message)
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  throw new NoiseError('INVALID_OPTION', unknown, `${owner}: no ${unknown}; expected one of ${known}`)
}

/** Throws `INVALID_OPTION` unless `value` is one of the choices, and returns what stands for it. */
export function choose<T>(parameter: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T
  const known = Object.keys(choices).join(', ')
  const message = `${parameter} is ${formatValue(value)}; expected one of ${known}`
  throw new NoiseError('INVALID_OPTION', parameter, message)
}

/** Throws `INVALID_OPTION` unless a value is a function. */
export function checkFunction(parameter: string, value: unknown, expected: string): void {
  if (typeof value === 'function') return
  throw new NoiseError(
    'INVALID_OPTION',
    parameter,
    `${parameter} is ${formatValue(value)}; expected ${expected}`,
  )
}

/** Throws `INVALID_OPTION` unless a value is an object, whatever names it has. */
export function checkRecord(parameter: string, value: unknown, expected: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new NoiseError(
    'INVALID_OPTION',
    parameter,
    `${parameter} is ${formatValue(value)}; expected ${expected}`,
  )
}

/** Throws `INVALID_OPTION` unless a value is true or false. */
export function checkBoolean(parameter: string, value: boolean): void {
  if (typeof value === 'boolean') return
  const message = `${parameter} is ${formatValue(value)}; expected true or false`
  throw new NoiseError('INVALID_OPTION', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless low ≤ value ≤ high and value is finite. */
export function checkRange(
  parameter: string,
  value: number,
  low: number,
  high = Number.POSITIVE_INFINITY,
): void {
  if (Number.isFinite(value) && value >= low && value <= high) return
  const least = low === Number.NEGATIVE_INFINITY ? '' : ` of at least ${low}`
  const range = high === Number.POSITIVE_INFINITY ? least : ` from ${low} to ${high}`
  const message = `${parameter} is ${formatValue(value)}; expected a finite number${range}`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless `value` is finite and above 0. */
export function checkPositive(parameter: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return
  const message = `${parameter} is ${formatValue(value)}; expected a finite number above 0`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}

/** Throws `OUT_OF_RANGE` unless `value` is a safe integer of at least `low`. */
export function checkInteger(parameter: string, value: number, low: number): void {
  if (Number.isSafeInteger(value) && value >= low) return
  const least = low === Number.MIN_SAFE_INTEGER ? '' : ` of at least ${low}`
  const message = `${parameter} is ${formatValue(value)}; expected an integer${least}`
  throw new NoiseError('OUT_OF_RANGE', parameter, message)
}
