import type { RewardFunction } from './reward-function'

/** What every reward is told. */
export interface RewardOptions {
  /** Under which it is logged. Default: the kind of the reward, such as `winProbability`. */
  readonly name?: string | undefined
  /** Of the sum that is learnt from; 0 only measures. Default: 1. */
  readonly weight?: number | undefined
}

/** A reward function of a name and a weight. */
export const rewardOf = (
  kind: string,
  { name = kind, weight }: RewardOptions,
  score: RewardFunction['score'],
): RewardFunction => ({ name, ...(weight !== undefined && { weight }), score })
