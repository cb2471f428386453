import type { RewardFunction } from '../../rewards/reward-function'
import { type ScoredRollouts, scoreRollouts } from '../../rewards/score-rollouts'
import type { Rollout } from '../../rollouts/rollout'

/**
 * Scores responses that nothing is learnt from, as `scoreRollouts` does. Rewards that all measure only, of weight 0, are no parts of a sum:
 * of these no `reward` and no `reward_std` is told, and that of each response is NaN.
 * @throws PrefkitError `BAD_REWARD` where none of those that count scored any response, or, of those that measure only, none at all.
 */
export async function scoreHeldOut(
  rewards: readonly RewardFunction[],
  drawn: readonly Rollout[],
  signal?: AbortSignal,
): Promise<ScoredRollouts> {
  const isMeasured = rewards.every(({ weight = 1 }) => weight === 0)
  if (!isMeasured) return scoreRollouts(rewards, drawn, signal)
  const counted = rewards.map((reward) => ({ ...reward, weight: 1 }))
  const { rollouts, metrics } = await scoreRollouts(counted, drawn, signal)
  const { reward: _, reward_std: __, ...parts } = metrics
  return { rollouts: rollouts.map((rollout) => ({ ...rollout, reward: Number.NaN })), metrics: parts }
}
