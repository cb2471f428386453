import { type WinProbabilityOptions, winProbabilityRewards } from '@prefkit/advantages'
import { PrefkitError } from '../../prefkit-error'
import { anchorsOf } from './anchors-of'
import { mean } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import { type PairwiseScorer, type ResponsePair, unanswered } from './scorers'

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
 *
 * Where the scorer has no answer in one of the orders, an anchor counts for nothing; a response without any answer is NaN. Logs
 * `failed`, the share of such comparisons, where there are some.
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
    const asked = rollouts.flatMap((_, row) => anchorsOfEach[row]!.map(() => row))
    const comparisons = asked.map((row, i) => ({ row, first: wins[2 * i]!, second: 1 - wins[2 * i + 1]! }))
    const answered = comparisons.filter(({ first, second }) => !Number.isNaN(first + second))
    const ownOf: (typeof answered)[] = rollouts.map(() => [])
    for (const comparison of answered) ownOf[comparison.row]!.push(comparison)
    const known = ownOf.filter(({ length }) => length > 0)
    const shown = {
      shownFirst: known.map((own) => own.map(({ first }) => first)),
      shownSecond: known.map((own) => own.map(({ second }) => second)),
    }
    const probabilities = winProbabilityRewards(shown, { anchors }).values()
    const scores = ownOf.map(({ length }) => (length > 0 ? probabilities.next().value! : Number.NaN))
    const gaps = answered.map(({ first, second }) => first - second)
    const failed = 1 - answered.length / comparisons.length
    return {
      scores,
      ...(failed > 0 && { unscored: unanswered }),
      metrics: {
        ...(gaps.length > 0 && { position_gap: mean(gaps.map(Math.abs)), position_bias: mean(gaps) }),
        ...(failed > 0 && { failed }),
      },
    }
  })
}
