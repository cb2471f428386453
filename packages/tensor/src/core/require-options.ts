import { opError } from './errors'
import { type OptionNames, wrongOptions } from './wrong-options'

/**
 * Refuses what would otherwise leave the default: `{ dim: 0 }`, or an axis in place of the options, would be a sum over
 * everything.
 * @throws TensorError `INVALID_ARGUMENT` for what is no object, or naming an option that is not among `names`.
 */
export function requireOptions<T extends object>(
  op: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const wrong = wrongOptions(options, names)
  if (wrong !== undefined) throw opError('INVALID_ARGUMENT', op, wrong)
}
