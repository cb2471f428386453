import { splitOf } from '@prefkit/datasets'

/**
 * Whether a text belongs to the share that nothing is learnt from: by a hash of it, so that it depends neither on the order of the data
 * nor on what else there is, and equal texts are on one side.
 */
export function isHeldOut(text: string, share: number, seed: number): boolean {
  if (share === 0) return false
  const fractions = { train: 1 - share, held: share }
  return splitOf({ id: '', prompt: text, chosen: '', rejected: '' }, { fractions, seed }) === 'held'
}

/** Items to learn from, and those that are held out. */
export function splitByText<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  { share, seed }: { readonly share: number; readonly seed: number },
): { readonly train: readonly Item[]; readonly heldOut: readonly Item[] } {
  const held = items.map((item) => isHeldOut(textOf(item), share, seed))
  return { train: items.filter((_, i) => !held[i]), heldOut: items.filter((_, i) => held[i]) }
}
