import { NnError } from './nn-error'

/** @throws NnError `INVALID_OPTION` naming the option, its value and what was expected, unless `holds`. */
export function requireOption(name: string, value: unknown, holds: boolean, expected: string): void {
  if (holds) return
  throw new NnError('INVALID_OPTION', `${name}: expected ${expected}, got ${describe(value)}`)
}

/**
 * @throws NnError `INVALID_OPTION` naming an option that is not among `known`, such as a misspelled one, which would
 *   leave the default; or for what is no object.
 */
export function requireNames<T extends object>(
  owner: string,
  options: T,
  known: readonly (keyof T & string)[],
): void {
  const names = known.join(', ')
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  requireOption(owner, options, isObject, `an object of the options ${names}`)
  const unknown = Object.keys(options).find((name) => !(known as readonly string[]).includes(name))
  if (unknown === undefined) return
  throw new NnError('INVALID_OPTION', `${owner}: no option ${unknown}; expected one of ${names}`)
}

/** @throws NnError `INVALID_OPTION` unless the value is a whole number of at least `low`. */
export const requireWhole = (name: string, value: number, low = 1): void =>
  requireOption(name, value, Number.isSafeInteger(value) && value >= low, `a whole number of at least ${low}`)

/** @throws NnError `INVALID_OPTION` unless low ≤ value < high. */
export const requireInRange = (name: string, value: number, low: number, high: number): void =>
  requireOption(name, value, value >= low && value < high, `a number in [${low}, ${high})`)

function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
