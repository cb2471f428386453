import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** 0 … size − 1 in an order that depends on the seed and the epoch alone (Fisher–Yates). */
function orderOf(size: number, seed: number, epoch: number): number[] {
  const random = xoroshiro128plus((Math.imul(seed, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b)) | 0)
  const order = Array.from({ length: size }, (_, i) => i)
  for (let i = size - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** An order of items, and what it depends on. */
interface KeptOrder {
  readonly seed: number
  readonly epoch: number
  readonly order: readonly number[]
}

/** The order last made of each list: that of a long one takes longer than the steps that go by it. */
const kept = new WeakMap<readonly unknown[], KeptOrder>()

/** The order of a list in an epoch. */
function keptOrder(items: readonly unknown[], seed: number, epoch: number): readonly number[] {
  const last = kept.get(items)
  if (last?.seed === seed && last.epoch === epoch && last.order.length === items.length) return last.order
  const order = orderOf(items.length, seed, epoch)
  kept.set(items, { seed, epoch, order })
  return order
}

/**
 * The items of a step: every one once in an epoch, each epoch in another order. They depend on seed and step alone, so a resumed run
 * has the same ones.
 * @param step counted from 0.
 */
export function itemsOfStep<Item>(
  items: readonly Item[],
  step: number,
  { count, seed }: { readonly count: number; readonly seed: number },
): Item[] {
  const places = Array.from({ length: count }, (_, i) => step * count + i)
  return places.map((place) => {
    const order = keptOrder(items, seed, Math.floor(place / items.length))
    return items[order[place % items.length]!]!
  })
}
