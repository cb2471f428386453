import { formatValue, type OptionNames, wrongOptions } from '@prefkit/tensor'
import { NnError } from './nn-error'

/** @throws NnError `INVALID_OPTION` naming the option, its value and what was expected, unless `holds`. */
export function requireOption(name: string, value: unknown, holds: boolean, expected: string): void {
  if (holds) return
  throw new NnError('INVALID_OPTION', `${name}: expected ${expected}, got ${formatValue(value)}`)
}

/**
 * @throws NnError `INVALID_OPTION` naming an option that is not among `names`, such as a misspelt one, which would
 *   leave the default; or for what is no object.
 */
export function requireNames<T extends object>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const wrong = wrongOptions(options, names)
  if (wrong !== undefined) throw new NnError('INVALID_OPTION', `${owner}: ${wrong}`)
}

/** @throws NnError `INVALID_OPTION` unless the value is a whole number of at least `low`. */
export const requireWhole = (name: string, value: number, low = 1): void =>
  requireOption(name, value, Number.isSafeInteger(value) && value >= low, `a whole number of at least ${low}`)

/** @throws NnError `INVALID_OPTION` unless low ≤ value < high. */
export const requireInRange = (name: string, value: number, low: number, high: number): void =>
  requireOption(name, value, value >= low && value < high, `a number in [${low}, ${high})`)
