import { AdvantageError, type AdvantageErrorCode } from './advantage-error'

const quoted: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
}

/** A value for messages; strings and bigints, which print like numbers, are marked as such. */
export const formatValue = (value: unknown): string => (quoted[typeof value] ?? String)(value)

/** Every name of an object of arguments: the compiler checks that the list is complete. */
export type Names<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Throws `INVALID_OPTION` for a name that is not among `names`, such as a misspelt one, which plain JavaScript would
 * ignore; and for a value that is not an object.
 */
export function checkNames<T extends object>(owner: string, given: T, names: Names<NoInfer<T>>): void {
  const value: unknown = given
  const known = Object.keys(names).join(', ')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `${owner}: expected an object of ${known}, got ${formatValue(value)}`
    throw new AdvantageError('INVALID_OPTION', owner, message)
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  throw new AdvantageError('INVALID_OPTION', unknown, `${owner}: no ${unknown}; expected one of ${known}`)
}

/** Throws `INVALID_OPTION` unless `value` is one of the choices, and returns what it stands for. */
export function choose<T>(parameter: string, value: string, choices: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(choices, value)) return choices[value] as T
  const known = Object.keys(choices).join(', ')
  const message = `${parameter} is ${formatValue(value)}; expected one of ${known}`
  throw new AdvantageError('INVALID_OPTION', parameter, message)
}

const limitsOf = (low: number, high: number): string => {
  if (high < Number.POSITIVE_INFINITY) return ` from ${low} to ${high}`
  return low === Number.NEGATIVE_INFINITY ? '' : ` of at least ${low}`
}

/**
 * Throws `INVALID_OPTION` unless low ≤ value ≤ high and value is finite; `OUT_OF_RANGE`, where that is given, for a number
 * that is not an option but an input.
 */
export function checkRange(
  parameter: string,
  value: number,
  { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: { low?: number; high?: number },
  code: AdvantageErrorCode = 'INVALID_OPTION',
): void {
  if (Number.isFinite(value) && value >= low && value <= high) return
  const message = `${parameter} is ${formatValue(value)}; expected a finite number${limitsOf(low, high)}`
  throw new AdvantageError(code, parameter, message)
}

/** Throws `INVALID_OPTION` unless 0 ≤ value ≤ 1: for γ and λ. */
export const checkShare = (parameter: string, value: number): void =>
  checkRange(parameter, value, { low: 0, high: 1 })

/** Throws `INVALID_OPTION` unless value is finite and at least 0. */
export const checkNonNegative = (parameter: string, value: number): void =>
  checkRange(parameter, value, { low: 0 })

/** Throws `INVALID_OPTION` unless value is finite and above 0. */
export function checkPositive(parameter: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return
  const message = `${parameter} is ${formatValue(value)}; expected a finite number above 0`
  throw new AdvantageError('INVALID_OPTION', parameter, message)
}
