import { createHash } from 'node:crypto'

/** Some of the items, drawn by seed and id, in the order of all. */
export function drawSome<Item extends { readonly id: string }>(
  items: readonly Item[],
  limit: number | undefined,
  seed: number,
): readonly Item[] {
  if (limit === undefined || limit >= items.length) return items
  const places = new Map(
    items.map((item) => [item, createHash('sha256').update(`draw ${seed}\n${item.id}`).digest('hex')]),
  )
  const drawn = new Set(items.toSorted((a, b) => (places.get(a)! < places.get(b)! ? -1 : 1)).slice(0, limit))
  return items.filter((item) => drawn.has(item))
}
