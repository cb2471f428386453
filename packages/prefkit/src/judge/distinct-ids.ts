/** Items with ids that occur once: the second of an id gets `#2`, as data of several responses to a prompt often has it. */
export function withDistinctIds<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  const seen = new Map<string, number>()
  return items.map((item) => {
    const times = (seen.get(item.id) ?? 0) + 1
    seen.set(item.id, times)
    return times === 1 ? item : { ...item, id: `${item.id}#${times}` }
  })
}
