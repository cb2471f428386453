/** Whether a value has named fields: what JSON calls an object, or an error. Not null, and no list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
