import { formatValue } from '../check-options'
import { RubricError } from '../rubric-error'

/** Throws `INVALID_OPTION` for what is not the name of an entry of `choices`. */
export function checkChoice(parameter: string, value: unknown, choices: object): void {
  if (typeof value === 'string' && Object.hasOwn(choices, value)) return
  const message = `${parameter} is ${formatValue(value)}; expected one of ${Object.keys(choices).join(', ')}`
  throw new RubricError('INVALID_OPTION', parameter, message)
}

/** Throws `INVALID_OPTION` for what is neither true nor false. */
export function checkFlag(parameter: string, value: unknown): void {
  if (typeof value === 'boolean') return
  const message = `${parameter} is ${formatValue(value)}; expected true or false`
  throw new RubricError('INVALID_OPTION', parameter, message)
}
