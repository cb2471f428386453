import { TreesError } from '../trees-error'

/** Long text cut for messages. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)

/** `INVALID_MODEL` at a line of the text, counted from 1. */
export const invalidModel = (line: number, message: string): TreesError =>
  new TreesError('INVALID_MODEL', `model text, line ${line}: ${message}`)
