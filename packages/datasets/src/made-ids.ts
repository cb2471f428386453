const made = new WeakSet<object>()

/** Notes that the id of a comparison or a response was made from its place, since its row had none. Returns it. */
export function noteMadeId<T extends object>(item: T): T {
  made.add(item)
  return item
}

/**
 * True when the id was made from a place: it says nothing of the data, so it is neither written nor missed. A copy of
 * the object is taken to have an id of its own.
 */
export const hasMadeId = (item: object): boolean => made.has(item)
