import type { RunConfig } from '../config/run-config'
import { type RewardConfig, reward as rewardSchema } from '../config/sections/rewards'

/** A reward of a configuration, with where it stands. */
export interface PlacedReward {
  readonly reward: RewardConfig
  readonly place: readonly PropertyKey[]
}

/** A reward, and the one that it is a part of: of a length, that which says what is right. */
function withParts(reward: RewardConfig, place: readonly PropertyKey[]): PlacedReward[] {
  const own = { reward, place }
  if (reward.type !== 'length') return [own]
  const parsed = rewardSchema.safeParse(reward.options.correct)
  return parsed.success ? [own, ...withParts(parsed.data, [...place, 'options', 'correct'])] : [own]
}

/** The policy's own. */
export const policyRewards = ({ policy }: RunConfig): PlacedReward[] =>
  policy && 'rewards' in policy
    ? policy.rewards.flatMap((each, i) => withParts(each, ['policy', 'rewards', i]))
    : []

/** What simulated annotators like. */
export const simulatedRewards = ({ comparisons }: RunConfig): PlacedReward[] =>
  comparisons?.source === 'simulated' ? withParts(comparisons.golden, ['comparisons', 'golden']) : []

/** What is only measured. */
export const measuredRewards = ({ evaluation: { golden } }: RunConfig): PlacedReward[] =>
  golden ? withParts(golden, ['evaluation', 'golden']) : []

/** All rewards of a configuration. */
export const rewardsOf = (config: RunConfig): PlacedReward[] => [
  ...policyRewards(config),
  ...simulatedRewards(config),
  ...measuredRewards(config),
]
