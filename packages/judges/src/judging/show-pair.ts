import type { PairItem } from '@prefkit/rubrics'
import { sha256 } from '../canonical-json'
import { checkInteger, choose } from '../check-options'
import type { First } from './combine-orders'

/**
 * In which orders a pair is shown. `both`: a first, then b first; a preference for a place cancels. `given`: a first
 * only. `random`: one order, drawn by the seed from the texts, whatever they are called; half the questions, and a
 * preference for a place is noise over many pairs.
 */
export type Orders = 'both' | 'given' | 'random'

/** A place in the draw that the text has under either name, so that exchanging a and b shows the same. */
const drawOf = ({ prompt }: PairItem, response: string, seed: number): string =>
  sha256(JSON.stringify([seed, prompt, response]))

/** Texts that are alike have no order of their own, and are shown in both. */
function randomOrder(pair: PairItem, seed: number): readonly First[] {
  if (pair.a === pair.b) return ['a', 'b']
  return drawOf(pair, pair.a, seed) < drawOf(pair, pair.b, seed) ? ['a'] : ['b']
}

const orderings: Readonly<Record<Orders, (pair: PairItem, seed: number) => readonly First[]>> = {
  both: () => ['a', 'b'],
  given: () => ['a'],
  random: randomOrder,
}

/** Throws `INVALID_OPTION` for what is no name of orders, `OUT_OF_RANGE` for a seed that is no integer of at least 0. */
export function checkOrders(orders: Orders, seed = 0): void {
  choose('orders', orders, orderings)
  checkInteger('seed', seed, 0)
}

/** Which response is shown first, for each order that the pair is shown in. */
export const ordersOf = (pair: PairItem, orders: Orders, seed = 0): readonly First[] =>
  orderings[orders](pair, seed)

/** The pair as it is shown: what stands first is its `a`. */
export const showPair = (pair: PairItem, first: First): PairItem =>
  first === 'a' ? pair : { ...pair, a: pair.b, b: pair.a }
