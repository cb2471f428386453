import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import { mean } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import { type PairwiseScorer, unanswered } from './scorers'
import { symmetricWins } from './symmetric-wins'

/** Options of {@link winRateReward}. */
export interface WinRateRewardOptions extends RewardOptions {
  /** Says which of two responses is better. */
  readonly scorer: PairwiseScorer
}

/** Places of rollouts that answer one prompt: each first sample begins a group. */
function groupsOf(rollouts: readonly Rollout[]): number[][] {
  const groups: number[][] = []
  rollouts.forEach(({ sample }, i) => {
    if (sample === 0 || groups.length === 0) groups.push([i])
    else groups.at(-1)!.push(i)
  })
  return groups
}

/**
 * How probably a response beats the others to its prompt, in the mean over them: each pair is shown once in each order, and the two
 * answers are averaged. In [0, 1]; ½ in the mean over a group. Without anchors, for algorithms that compare what they draw.
 *
 * Where the scorer has no answer, the comparison counts for nothing; a response without any answer is NaN. Logs `failed`, the share of
 * such comparisons, where there are some.
 * @returns a reward that throws PrefkitError `BAD_REWARD` for a prompt with one response, and for what is no probability, or too many or too few;
 *   what the scorer throws.
 */
export function winRateReward(options: WinRateRewardOptions): RewardFunction {
  const { scorer, name = 'winRate' } = options
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const groups = groupsOf(rollouts)
    const alone = groups.find(({ length }) => length < 2)
    if (alone) {
      const { prompt } = rollouts[alone[0]!]!
      const problem = `expected at least 2 responses to a prompt, got 1 to ${prompt.id}`
      throw new PrefkitError('BAD_REWARD', `${name}: ${problem}`)
    }
    const contests = groups.flatMap((group) =>
      group.flatMap((one, at) => group.slice(at + 1).map((other) => [one, other] as const)),
    )
    const pairs = contests.map(([one, other]) => ({
      prompt: rollouts[one]!.prompt,
      ...{ first: rollouts[one]!, second: rollouts[other]! },
    }))
    const wins = await symmetricWins(scorer, pairs, { signal })
    const won: number[][] = rollouts.map(() => [])
    contests.forEach(([one, other], i) => {
      if (Number.isNaN(wins[i])) return
      won[one]!.push(wins[i]!)
      won[other]!.push(1 - wins[i]!)
    })
    const failed = wins.filter(Number.isNaN).length / wins.length
    return { scores: won.map(mean), ...(failed > 0 && { metrics: { failed }, unscored: unanswered }) }
  })
}
