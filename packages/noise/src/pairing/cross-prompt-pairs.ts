import { lastAtMost, sumsBefore } from './pair-index'
import { type Pair, type PairSequence, pairSequence, tossed } from './pair-sequence'
import { bitsAt, type Key, keyOf, permuted, subKey } from './permutation'
import { everyGroup, type Groups, type ResponseTable, rowOf, sizeOf } from './response-table'
import { inRounds } from './rounds'
import { checkRandomPairs, type RandomPairsOptions } from './same-prompt-pairs'

const PURPOSE = 0x63726f7373
/** Which of its two prompts a pair belongs to. */
const OWNER = 0x6f776e

/** Every cross-prompt pair once: rows of a prompt with those of later prompts. */
function* uniformly(groups: Groups, sums: Float64Array, key: Key): Generator<Pair> {
  const { rows, starts, count } = groups
  const available = sums[count]!
  for (let place = 0; place < available; place++) {
    const index = permuted(place, available, key)
    const group = lastAtMost(sums, index)
    const within = index - sums[group]!
    const later = rows.length - starts[group + 1]!
    const other = within % later
    const own = (within - other) / later
    yield tossed(rowOf(groups, group, own), rows[starts[group + 1]! + other]!, key)
  }
}

/**
 * In turn each prompt gives one of its responses with one of another. A pair is in the lists of both its prompts; a
 * coin decides which of them may give it, so that it comes once.
 */
function* evenly(groups: Groups, key: Key, owners: Key): Generator<Pair> {
  const { rows, starts } = groups
  const cursors = new Float64Array(groups.count)
  const isOwn = (own: number, other: number): boolean =>
    bitsAt(owners, Math.min(own, other), Math.max(own, other)) >= 2 ** 31 === own < other
  yield* inRounds(everyGroup(groups), key, (group) => {
    const size = sizeOf(groups, group)
    const others = rows.length - size
    const order = subKey(key, ~group)
    while (cursors[group]! < size * others) {
      const index = permuted(cursors[group]!++, size * others, order)
      const place = index % others
      const own = rowOf(groups, group, (index - place) / others)
      const other = rows[place < starts[group]! ? place : place + size]!
      if (isOwn(own, other)) return tossed(own, other, key)
    }
    return undefined
  })
}

/**
 * Pairs of responses to different prompts, the paper's X-Prompt: in turn each prompt gives a random one of its
 * responses with a random one of all others.
 *
 * `ranks: 'middle'` and `ranks: 'extremes'` are what the paper compares its similar and its diversified pairs with.
 * Memory grows with the table, not with the budget.
 *
 * Source: 2411.04991; its code (`step5_train_rms.py`), which also lets a prompt meet itself by chance, as
 * `randomPairs` does. Proven against its definition, within sampling error.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`; `MISSING_CONTEXT` for ranks
 * without scores.
 */
export function crossPromptPairs(table: ResponseTable, options: RandomPairsOptions = {}): PairSequence {
  const { budget, seed, balanced, groups } = checkRandomPairs('crossPromptPairs', table, options)
  const key = keyOf(PURPOSE, seed)
  const { rows, starts, count } = groups
  const sums = sumsBefore(count, (group) => sizeOf(groups, group) * (rows.length - starts[group + 1]!))
  const owners = keyOf(OWNER, seed)
  const generate = balanced ? () => evenly(groups, key, owners) : () => uniformly(groups, sums, key)
  return pairSequence(sums[count]!, budget, generate)
}
