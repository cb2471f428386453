import { checkNames, choose } from '../check-options'
import { largerOfPair, lastAtMost, pairsAmong, sumsBefore } from './pair-index'
import {
  checkPairing,
  type Pair,
  type PairSequence,
  type PairSequenceOptions,
  pairSequence,
  tossed,
} from './pair-sequence'
import { type Key, keyOf, permuted, subKey } from './permutation'
import { type Ranks, rowsAtRanks } from './ranks'
import { everyGroup, type Groups, type ResponseTable, rowOf, sizeOf } from './response-table'
import { inRounds } from './rounds'

/**
 * What is spread evenly: `prompts`, each of which gets a pair before any gets another, as in the paper; or `pairs`,
 * each of which is as likely as any other, so that prompts with many responses get most.
 */
export type Balance = 'prompts' | 'pairs'

/** Options of `samePromptPairs` and `crossPromptPairs`. */
export interface RandomPairsOptions extends PairSequenceOptions {
  /** What is spread evenly, `prompts` or `pairs`; see {@link Balance}. Default: `prompts`. */
  balance?: Balance
  /** Which responses of each prompt take part, by rank of their scores; see {@link Ranks}. Default: `all`. */
  ranks?: Ranks
}

const PURPOSE = 0x73616d65

/** Options, checked, and the rows that take part. */
export function checkRandomPairs(owner: string, table: ResponseTable, options: RandomPairsOptions) {
  checkNames(owner, options, { budget: true, seed: true, balance: true, ranks: true })
  const { balance = 'prompts', ranks = 'all' } = options
  const { budget, seed } = checkPairing(options)
  const balanced = choose('balance', balance, { prompts: true, pairs: false })
  return { budget, seed, balanced, groups: rowsAtRanks(table, ranks, seed) }
}

/** Pair number `index` of a prompt. */
function pairOf(groups: Groups, group: number, index: number, key: Key): Pair {
  const larger = largerOfPair(index)
  const smaller = index - pairsAmong(larger)
  return tossed(rowOf(groups, group, smaller), rowOf(groups, group, larger), key)
}

function* evenly(groups: Groups, key: Key): Generator<Pair> {
  const total = (group: number) => pairsAmong(sizeOf(groups, group))
  yield* inRounds(everyGroup(groups), key, (group, round) =>
    round < total(group)
      ? pairOf(groups, group, permuted(round, total(group), subKey(key, ~group)), key)
      : undefined,
  )
}

function* uniformly(groups: Groups, sums: Float64Array, key: Key): Generator<Pair> {
  const available = sums[groups.count]!
  for (let place = 0; place < available; place++) {
    const index = permuted(place, available, key)
    const group = lastAtMost(sums, index)
    yield pairOf(groups, group, index - sums[group]!, key)
  }
}

/**
 * Pairs of two random responses to the same prompt, the usual design. With a budget of as many pairs as there are
 * prompts each prompt has one, as in the paper.
 *
 * Memory grows with the table, not with the budget.
 *
 * Source: 2411.04991. Proven against its definition, within sampling error.
 *
 * @throws NoiseError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`; `MISSING_CONTEXT` for ranks
 * without scores.
 */
export function samePromptPairs(table: ResponseTable, options: RandomPairsOptions = {}): PairSequence {
  const { budget, seed, balanced, groups } = checkRandomPairs('samePromptPairs', table, options)
  const key = keyOf(PURPOSE, seed)
  const sums = sumsBefore(groups.count, (group) => pairsAmong(sizeOf(groups, group)))
  const generate = balanced ? () => evenly(groups, key) : () => uniformly(groups, sums, key)
  return pairSequence(sums[groups.count]!, budget, generate)
}
