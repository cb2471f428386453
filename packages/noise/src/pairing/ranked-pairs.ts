import { checkInteger } from '../check-options'
import {
  checkPairing,
  type Pair,
  type PairSequence,
  type PairSequenceOptions,
  pairSequence,
  tossed,
} from './pair-sequence'
import { type Key, keyOf } from './permutation'
import { everyGroup, type Groups, rowOf } from './response-table'
import { inRounds } from './rounds'

/** Options of designs that choose among the responses of a prompt by their scores. */
export interface RankedPairsOptions extends PairSequenceOptions {
  /** How many pairs of one prompt to give at most; an integer ≥ 1, or Infinity. */
  perPrompt?: number
}

/** Two places in what a prompt has, from 0. */
export type Places = readonly [number, number]

/** What a prompt gives: how many pairs, and which comes when. */
export interface PromptPairs {
  readonly count: (group: number) => number
  /** The pair for this round, by rank; a round below `count`. */
  readonly at: (group: number, round: number, key: Key) => Places
}

/** Keys and limits, checked. */
export function checkRankedPairs(options: RankedPairsOptions, perPromptDefault: number) {
  const { perPrompt = perPromptDefault } = options
  if (perPrompt !== Number.POSITIVE_INFINITY) checkInteger('perPrompt', perPrompt, 1)
  return { ...checkPairing(options), perPrompt }
}

/** Names that these options have. */
export const rankedNames = { budget: true, seed: true, perPrompt: true } as const

/**
 * Pairs by rank, one of each prompt in turn. `pairs` is made anew for each pass, so that it may remember what it
 * gave.
 */
export function rankedPairs(
  ranked: Groups,
  limits: ReturnType<typeof checkRankedPairs>,
  purpose: number,
  pairs: () => PromptPairs,
): PairSequence {
  const key = keyOf(purpose, limits.seed)
  const countOf = ({ count }: PromptPairs, group: number) => Math.min(count(group), limits.perPrompt)
  const all = pairs()
  const available = everyGroup(ranked).reduce((sum, group) => sum + countOf(all, group), 0)
  const generate = (): Iterable<Pair> => {
    const these = pairs()
    return inRounds(everyGroup(ranked), key, (group, round) => {
      if (round >= countOf(these, group)) return undefined
      const [a, b] = these.at(group, round, key)
      return tossed(rowOf(ranked, group, a), rowOf(ranked, group, b), key)
    })
  }
  return pairSequence(available, limits.budget, generate)
}

/** The place of so many that comes at `turn` when going from the middle outwards. */
export const fromTheMiddle = (turn: number, count: number): number =>
  Math.floor((count - 1) / 2) + (turn % 2 === 1 ? (turn + 1) / 2 : -turn / 2)
