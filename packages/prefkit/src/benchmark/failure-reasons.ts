import type { ItemResult } from './item-result'

/** Why items have no outcome. */
export interface FailureReasons {
  /** The reasons that most items have, at most five, the most frequent first. */
  readonly most: readonly { readonly reason: string; readonly items: number }[]
  /** How many reasons there are besides, and of how many items. */
  readonly others: { readonly reasons: number; readonly items: number }
}

/** Servers may give each item a reason of its own: a page of thousands helps nobody. */
const listed = 5

/** The reasons of items without an outcome, by how many have them. */
export function failureReasons(results: readonly Pick<ItemResult, 'error'>[]): FailureReasons {
  const groups = Map.groupBy(
    results.filter(({ error }) => error !== undefined),
    ({ error }) => error!,
  )
  const all = [...groups]
    .map(([reason, each]) => ({ reason, items: each.length }))
    .toSorted((one, other) => other.items - one.items)
  const rest = all.slice(listed)
  return {
    most: all.slice(0, listed),
    others: { reasons: rest.length, items: rest.reduce((sum, { items }) => sum + items, 0) },
  }
}

const counted = (count: number, noun: string) =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`

/** Reasons as lines of text, the last one telling how many are not listed. */
export const reasonLines = ({ most, others }: FailureReasons): string[] => [
  ...most.map(({ reason, items }) => `${counted(items, 'item')}: ${reason}`),
  ...(others.reasons > 0
    ? [`${counted(others.items, 'item')}: ${counted(others.reasons, 'other reason')}`]
    : []),
]
