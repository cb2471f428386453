import { meanOf } from '../moments'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../rewards'
import { checkFinite } from '../rows'

/**
 * FlashREINFORCE: A = R − μ, the mean over the whole batch being the baseline, for batches with one response to each
 * prompt. Nothing is whitened.
 *
 * Where all rewards are equal, all advantages are exactly 0.
 *
 * Source: OpenRLHF, `flash_reinforce`. Proven against OpenRLHF 0.11.2 (`compute_advantages_and_returns`,
 * `flash_reinforce`).
 *
 * @param rewards `[B]` or `[B, T]`.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OVERFLOW`.
 */
export function flashReinforceAdvantages<R extends Rewards>(rewards: R): RewardsLike<R> {
  const numbers = readNumbers('rewards', rewards)
  checkFinite('rewards', numbers.rewards, numbers.rows ?? {})
  if (numbers.rewards.length === 0) return rewardsLike(rewards, numbers.rewards, numbers)
  const mean = meanOf(numbers.rewards, Int32Array.from(numbers.rewards.keys()))
  const result = numbers.rewards.map((reward) => reward - mean)
  return rewardsLike(rewards, result, numbers)
}
