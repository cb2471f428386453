import { shown } from '../data/shown'
import { TreesError } from '../trees-error'
import { suggestion } from './nearest-name'

/** An object whose names are options. */
export const isOptions = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Throws `INVALID_PARAMETER` unless options are an object of no other names than there are.
 *
 * @param what What they are called, in the singular and the plural.
 * @param example Such as `{ type: 'leaf' }`.
 */
export function checkOptions(
  [singular, plural]: readonly [string, string],
  options: unknown,
  names: readonly string[],
  example: string,
): void {
  if (!isOptions(options)) {
    const message = `${plural} are ${shown(options)}; expected an object such as ${example}`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown === undefined) return
  const hint = suggestion(unknown, names) ?? `expected one of ${names.join(', ')}`
  throw new TreesError('INVALID_PARAMETER', `no ${singular} ${shown(unknown)}; ${hint}`)
}
