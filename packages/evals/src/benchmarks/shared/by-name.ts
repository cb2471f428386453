/** Values by the names of their places: what `estimate` gives and takes is in order only. */
export const byName = <const Name extends string, Value>(
  names: readonly Name[],
  values: readonly Value[],
): Record<Name, Value> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!])) as Record<Name, Value>
