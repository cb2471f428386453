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

/** What JSON has no word for: it would say null, or leave it out. */
const beyondJson: Readonly<Record<string, (value: unknown) => unknown>> = {
  bigint: (value) => `\0${value}n`,
  number: (value) => (Number.isFinite(value) ? value : `\0${value}`),
  undefined: () => '\0undefined',
  function: () => '\0a function',
}

/** A value for messages, which stays short however long the value is. */
export function excerpt(value: unknown): string {
  const json = JSON.stringify(value, (_, each) => beyondJson[typeof each]?.(each) ?? each)
  // Strings marked so were none.
  const text = String(json).replace(/"\\u0000([^"]*)"/g, '$1')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
