import { NnError } from './nn-error'

/** @throws NnError `INVALID_OPTION` naming the option, its value and what was expected, unless `holds`. */
export function requireOption(name: string, value: unknown, holds: boolean, expected: string): void {
  if (holds) return
  throw new NnError('INVALID_OPTION', `${name}: expected ${expected}, got ${describe(value)}`)
}

/** @throws NnError `INVALID_OPTION` unless the value is a whole number of at least `low`. */
export const requireWhole = (name: string, value: number, low = 1): void =>
  requireOption(name, value, Number.isSafeInteger(value) && value >= low, `a whole number of at least ${low}`)

/** @throws NnError `INVALID_OPTION` unless low ≤ value < high. */
export const requireInRange = (name: string, value: number, low: number, high: number): void =>
  requireOption(name, value, value >= low && value < high, `a number in [${low}, ${high})`)

function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
