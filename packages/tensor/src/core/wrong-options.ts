import { formatValue } from './format-tensor'

/** Every name of an options type, so that the compiler sees that none is left out; the values are not looked at. */
export type OptionNames<T extends object> = Readonly<Record<keyof Required<T>, unknown>>

/**
 * What would otherwise be passed over in plain JavaScript and leave the default, in words: a name that is not among
 * `names`, such as a misspelt one, or what is no object. `undefined` when nothing is wrong. Throws nothing, so that
 * each package can throw its own error.
 */
export function wrongOptions<T extends object>(
  options: T,
  names: OptionNames<NoInfer<T>>,
): string | undefined {
  const given: unknown = options
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return `expected an object of the options ${Object.keys(names).join(', ')}, got ${formatValue(given)}`
  }
  for (const name in given) {
    if (!Object.hasOwn(names, name)) {
      return `no option ${name}; expected one of ${Object.keys(names).join(', ')}`
    }
  }
  return undefined
}
