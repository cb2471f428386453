import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import type { PairwiseScorer } from './scorers'
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
    const sums = new Float64Array(rollouts.length)
    contests.forEach(([one, other], i) => {
      sums[one]! += wins[i]!
      sums[other]! += 1 - wins[i]!
    })
    const scores = groups.flatMap((group) => group.map((i) => sums[i]! / (group.length - 1)))
    return { scores }
  })
}
