import type { RewardFunction } from './reward-function'

/**
 * A reward that is only measured, such as what the learnt rewards stand for: weight 0, so that nothing is learnt from it, and
 * curves of it beside those of the reward show when the reward is hacked.
 * @param name under which it is logged.
 */
export const goldenReward = (reward: RewardFunction, name = 'golden'): RewardFunction => ({
  name,
  weight: 0,
  ...(reward.origin && { origin: reward.origin }),
  score: (rollouts, options) => reward.score(rollouts, options),
})
