import { opError } from './errors'

/**
 * Refuses what would otherwise be passed over in plain JavaScript and leave the default: `{ dim: 0 }`, or an axis in
 * place of the options, would be a sum over everything.
 * @throws TensorError `INVALID_ARGUMENT` for what is no object, or naming an option that is not among `known`.
 */
export function requireOptions<T extends object>(
  op: string,
  options: T,
  known: readonly (keyof T & string)[],
): void {
  const given: unknown = options
  const names = known.join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw opError('INVALID_ARGUMENT', op, `expected an object of the options ${names}, got ${String(given)}`)
  }
  for (const name in given) {
    if ((known as readonly string[]).includes(name)) continue
    throw opError('INVALID_ARGUMENT', op, `no option ${name}; expected one of ${names}`)
  }
}
