import type { RewardConfig } from '../../config/sections/rewards'

/** Whether a reward is how probably a response beats another one, which is an anchor unless an algorithm draws it. */
export const comparesResponses = (reward: RewardConfig): boolean =>
  reward.type === 'winProbability' || (reward.type === 'judge' && reward.asking === 'pairs')
