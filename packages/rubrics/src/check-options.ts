import { RubricError } from './rubric-error'

const shown: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
  object: (value) => (value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object'),
  function: () => 'a function',
}

/** A value for messages; strings and bigints, which print as numbers do, are told apart from them. */
export const formatValue = (value: unknown): string => (shown[typeof value] ?? String)(value)

/** Every name of an options type: the compiler sees that none is left out. */
export type OptionNames<T extends object> = Readonly<Record<keyof Required<T>, true>>

/**
 * Throws `INVALID_OPTION`, naming it, for an option that is not among `names`, such as a misspelt one, which plain
 * JavaScript would pass over; and for what is no object.
 *
 * Other packages have this and `formatValue` too, each throwing its own class of error.
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
    throw new RubricError('INVALID_OPTION', 'options', message)
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  throw new RubricError('INVALID_OPTION', unknown, `${owner}: no option ${unknown}; expected one of ${known}`)
}
