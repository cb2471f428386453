import { PrefkitError } from '../../prefkit-error'
import { nearestName } from './nearest-name'

/** Something of a table by its name, with its options: as a configuration says it. */
export interface NamedChoice {
  readonly name: string
  /** Handed on to it, which checks them. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>
}

/**
 * The entry of a table by its name.
 * @param what the option that names it, for messages.
 * @param reasons why names that one might look for are not there.
 * @throws PrefkitError `INVALID_CONFIG` for an unknown name, with the nearest one and all that there are, or the reason.
 */
export function chosen<Entry>(
  what: string,
  name: string,
  table: Readonly<Record<string, Entry>>,
  reasons: Readonly<Record<string, string>> = {},
): Entry {
  if (Object.hasOwn(table, name)) return table[name]!
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${what}: ${problem}`)
  }
  if (Object.hasOwn(reasons, name)) return refuse(`${name} is not among the choices: ${reasons[name]}`)
  const [names, plain] = [Object.keys(table), name.toLowerCase()]
  // Nearest in spelling; or else one of which it is a part, as `dpo` is of `dpoLoss`.
  const nearest = nearestName(name, names) ?? names.find((each) => each.toLowerCase().includes(plain))
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return refuse(`expected one of ${names.join(', ')}, got ${JSON.stringify(name)}${meant}`)
}
