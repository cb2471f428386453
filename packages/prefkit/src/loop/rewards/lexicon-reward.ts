import { PrefkitError } from '../../prefkit-error'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** Options of {@link lexiconReward}. */
export interface LexiconRewardOptions extends RewardOptions {
  /** Words that count, whatever their case. Default: none. */
  readonly plus?: readonly string[]
  /** Words that count against. Default: none. */
  readonly minus?: readonly string[]
}

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? []

/** The share of a text's words that are in `plus`, less that of those in `minus`; 0 for a text without words. */
function lexiconScore(text: string, plus: ReadonlySet<string>, minus: ReadonlySet<string>): number {
  const words = wordsOf(text)
  if (words.length === 0) return 0
  const sum = words.reduce((total, word) => total + Number(plus.has(word)) - Number(minus.has(word)), 0)
  return sum / words.length
}

const lowerCase = (words: readonly string[]): ReadonlySet<string> =>
  new Set(words.map((word) => word.toLowerCase()))

/**
 * Counts words of one list less words of another, per word of the response: in [−1, 1]. A reward whose truth is known, for
 * simulations and demos.
 * @throws PrefkitError `INVALID_CONFIG` without any words.
 */
export function lexiconReward({ plus = [], minus = [], ...options }: LexiconRewardOptions): RewardFunction {
  const name = options.name ?? 'lexicon'
  if (plus.length + minus.length === 0) {
    throw new PrefkitError('INVALID_CONFIG', `${name}: plus, minus: expected words in one of them, got none`)
  }
  const [good, bad] = [lowerCase(plus), lowerCase(minus)]
  return rewardOf(name, options, async (rollouts) => ({
    scores: rollouts.map(({ text }) => lexiconScore(text, good, bad)),
  }))
}
