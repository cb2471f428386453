import type { RewardFunction } from './reward-function'

/**
 * A reward that compares responses with anchors as one that compares two responses to a prompt with each other: the second is the
 * anchor of the first, which gets p, how probably it beats that, and the second 1 − p. For algorithms that draw two responses to each
 * prompt, one after the other: `xpo`, and `nashMd` with `rewardsAre: 'probabilities'`.
 * @param reward `winProbabilityReward` or `judgeReward`. It asks no more than for one of the two.
 */
export const againstEachOther = (reward: RewardFunction): RewardFunction => ({
  ...reward,
  async score(rollouts, options) {
    const first = rollouts.flatMap((rollout, i) =>
      i % 2 === 0 ? [{ ...rollout, prompt: { ...rollout.prompt, anchors: [rollouts[i + 1]!] } }] : [],
    )
    const { scores, ...rest } = await reward.score(first, options)
    return { ...rest, scores: scores.flatMap((p) => [p, 1 - p]) }
  },
})
