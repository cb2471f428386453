import { type OptionNames, wrongOptions } from '@prefkit/tensor'
import { LmError } from './lm-error'

/**
 * @throws LmError `INVALID_OPTION` naming an option that is not among `names`, such as a misspelt one, which would
 *   leave the default; or for what is no object.
 */
export function checkOptions<T extends object>(
  owner: string,
  options: T,
  names: OptionNames<NoInfer<T>>,
): void {
  const wrong = wrongOptions(options, names)
  if (wrong !== undefined) throw new LmError('INVALID_OPTION', `${owner}: ${wrong}`)
}

/** A value for messages, which stays short however long the value is. */
export function excerpt(value: unknown): string {
  const plain = (_: string, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)
  const text = String(JSON.stringify(value, plain))
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
