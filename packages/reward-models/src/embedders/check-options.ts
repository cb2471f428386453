import { wrongOptions } from '@prefkit/tensor'
import { RewardModelError } from '../reward-model-error'

/** What an option must be, in words, and whether a value is it. */
export type OptionCheck = readonly [expected: string, holds: (value: unknown) => boolean]

/** Checks shared by embedders. */
export const checks = {
  text: ['a text that is not empty', (value) => typeof value === 'string' && value !== ''],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  positive: ['a whole number ≥ 1', (value) => Number.isSafeInteger(value) && (value as number) >= 1],
  seconds: ['a number of seconds ≥ 0', (value) => Number.isFinite(value) && (value as number) >= 0],
  count: ['a whole number ≥ 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0],
} as const satisfies Record<string, OptionCheck>

/** A check that also takes `undefined`. */
export const optional = ([expected, holds]: OptionCheck): OptionCheck => [
  `${expected}, or nothing`,
  (value) => value === undefined || holds(value),
]

/** A check that takes one of a few texts. */
export const oneOf = (...names: readonly string[]): OptionCheck => [
  `one of ${names.join(', ')}`,
  (value) => names.includes(value as string),
]

/** Options whose value never appears in an error. */
const secrets = new Set(['apiKey'])

/**
 * The defaults with the given options over them; options that are `undefined` count as not given.
 * @throws RewardModelError `INVALID_OPTION` for an option that is not in `table` or fails its check, naming it, its
 *   value and what was expected.
 */
export function resolveOptions<T extends object>(
  owner: string,
  given: unknown,
  defaults: T,
  table: Readonly<Record<keyof T & string, OptionCheck>>,
): T {
  const wrong = wrongOptions<object>(given as object, table)
  if (wrong !== undefined) throw invalid(`${owner}: ${hidePassword(wrong)}`)
  const named = Object.entries(given as object).filter(([, value]) => value !== undefined)
  const options = { ...defaults, ...Object.fromEntries(named) }
  for (const [name, [expected, holds]] of Object.entries<OptionCheck>(table)) {
    const value = options[name as keyof T]
    if (!holds(value)) throw invalid(`${owner}: ${name}: expected ${expected}, got ${show(name, value)}`)
  }
  return options
}

const invalid = (message: string) => new RewardModelError('INVALID_OPTION', message)

function show(name: string, value: unknown): string {
  if (value === undefined) return 'nothing'
  if (secrets.has(name)) return `another ${typeof value}`
  if (typeof value === 'bigint') return `${value}n`
  const isPlain = typeof value !== 'number' && typeof value !== 'function'
  return hidePassword((isPlain && JSON.stringify(value)) || String(value))
}

const hidePassword = (text: string): string => text.replace(/\/\/[^/@]*@/g, '//***@')
