/** What stands at a path of a JSON value; undefined where the path ends before. */
export const jsonAt = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value)
