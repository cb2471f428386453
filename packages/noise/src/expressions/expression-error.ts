import { NoiseError } from '../noise-error'

/** An `INVALID_EXPRESSION` that says at which character (from 1) the mistake is and points at it. */
export function expressionError(source: string, character: number, mistake: string): NoiseError {
  const pointer = `${' '.repeat(character - 1)}^`
  const message = `expression, character ${character}: ${mistake}\n  ${source}\n  ${pointer}`
  return new NoiseError('INVALID_EXPRESSION', 'expression', message)
}
