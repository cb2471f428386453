/** The pair that an item shows, and how. */
export interface ShownPair {
  /** The same for both orders of a pair, and for no other. */
  readonly pair: string
  /** Whether the item shows second what another item of the pair, or the row, has first. */
  readonly isSwapped: boolean
}

/** How benchmarks that show each pair in both orders end the ids of the two. */
const orders = /^(.*):(ab|ba)$/s

/**
 * The pair of an item by its id. Texts do not tell: different pairs of a row may have the same, such as the styles of RM-Bench.
 */
export function pairOfItem(id: string): ShownPair {
  const [, pair, order] = orders.exec(id) ?? []
  return pair === undefined ? { pair: id, isSwapped: false } : { pair, isSwapped: order === 'ba' }
}

/** Whether items are pairs in both orders, as a benchmark places them itself. */
export const areBothOrders = (items: readonly { readonly id: string }[]): boolean =>
  items.some(({ id }) => pairOfItem(id).isSwapped)
