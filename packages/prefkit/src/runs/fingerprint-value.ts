import { createHash } from 'node:crypto'

/** Objects with their names in order, so that equal values are equal texts. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** SHA-256 of a value as JSON has it, whatever the order of names and the spaces. */
export const fingerprintValue = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, inOrder)).digest('hex')
