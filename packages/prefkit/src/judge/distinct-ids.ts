/** A name that is free: the one given, or with `#2`, `#3`, … behind it. */
function freeName(
  id: string,
  isTaken: (name: string) => boolean,
  from: number,
): [name: string, times: number] {
  for (let times = from; ; times++) {
    const name = times === 1 ? id : `${id}#${times}`
    if (!isTaken(name)) return [name, times]
  }
}

/**
 * Items with ids that occur once: the second of an id gets `#2`, as data of several responses to a prompt often has it, or
 * the next number that no other item has as its own.
 */
export function withDistinctIds<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  const given = new Set(items.map(({ id }) => id))
  const taken = new Set<string>()
  const times = new Map<string, number>()
  return items.map((item) => {
    const { id } = item
    const isTaken = (name: string) => taken.has(name) || (name !== id && given.has(name))
    const [name, time] = freeName(id, isTaken, (times.get(id) ?? 0) + 1)
    times.set(id, time)
    taken.add(name)
    return name === id ? item : { ...item, id: name }
  })
}
