import { type WinProbabilityOptions, winProbabilityRewards } from '@prefkit/advantages'
import { PrefkitError } from '../../prefkit-error'
import { anchorsOf } from './anchors-of'
import { mean, splitRows } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import type { PairwiseScorer, ResponsePair } from './scorers'

/** Options of {@link winProbabilityReward}. */
export interface WinProbabilityRewardOptions extends RewardOptions {
  /** Says which of two responses is better. */
  readonly scorer: PairwiseScorer
  /** Over several anchors of a prompt: the `mean` of the probabilities, or the smallest, `min`. Default: `mean`. */
  readonly anchors?: WinProbabilityOptions['anchors']
}

/**
 * The reward of pairwise PPO (2504.04950): r(y | y*) = ½·[p(yes | q, y, y*) + p(no | q, y*, y)], how probably the response beats
 * the prompt's anchors, in [0, 1]. All pairs in both orders are one call of the scorer.
 *
 * Logs beside it `position_gap`, the mean of |p(y wins, shown first) − p(y wins, shown second)|, and `position_bias`, the same
 * with its sign: above 0 where what is shown first is favoured. 0 both for a scorer that does not mind the order.
 * @returns a reward that throws PrefkitError `INVALID_CONFIG` for a prompt without anchors, `BAD_REWARD` for probabilities too
 *   many or too few; AdvantageError `NOT_FINITE`, `OUT_OF_RANGE` for what is no probability; what the scorer throws.
 */
export function winProbabilityReward(options: WinProbabilityRewardOptions): RewardFunction {
  const { scorer, anchors = 'mean', name = 'winProbability' } = options
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const anchorsOfEach = rollouts.map((rollout) => anchorsOf(name, rollout))
    const pairs = rollouts.flatMap((rollout, i): ResponsePair[] =>
      anchorsOfEach[i]!.flatMap((anchor) => [
        { prompt: rollout.prompt, first: rollout, second: anchor },
        { prompt: rollout.prompt, first: anchor, second: rollout },
      ]),
    )
    const wins = await scorer.firstWins(pairs, { signal })
    if (wins.length !== pairs.length) {
      const message = `${name}: its scorer gave ${wins.length} probabilities of ${pairs.length} pairs`
      throw new PrefkitError('BAD_REWARD', message)
    }
    const first = wins.filter((_, i) => i % 2 === 0)
    const second = wins.filter((_, i) => i % 2 === 1).map((win) => 1 - win)
    const counts = anchorsOfEach.map(({ length }) => length)
    const shown = { shownFirst: splitRows(first, counts), shownSecond: splitRows(second, counts) }
    const scores = winProbabilityRewards(shown, { anchors })
    const gaps = first.map((win, i) => win - second[i]!)
    return { scores, metrics: { position_gap: mean(gaps.map(Math.abs)), position_bias: mean(gaps) } }
  })
}
