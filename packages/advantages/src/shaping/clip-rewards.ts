import { AdvantageError } from '../advantage-error'
import { checkNames, formatValue } from '../check-options'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../groups/groups'

/** Options of {@link clipRewards}. */
export interface ClipRewardsOptions {
  /** The lowest reward left, a finite number. Default: −10, as in OpenRLHF. */
  low?: number
  /** The highest reward left, at least `low`, a finite number. Default: 10, as in OpenRLHF. */
  high?: number
}

/**
 * Clips rewards: min(max(R, low), high). An infinite reward becomes the bound.
 *
 * OpenRLHF clips what is left of a reward after the baseline, TRL's RLOO the reward itself.
 *
 * Source: Mnih et al. 2015 (DQN). Proven against OpenRLHF 0.11.2 (`compute_reward`).
 *
 * @param rewards `[B]` or `[B, T]`.
 * @returns as many, in the form of `rewards`.
 * @throws AdvantageError `NOT_FINITE` for NaN, `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function clipRewards<R extends Rewards>(rewards: R, options: ClipRewardsOptions = {}): RewardsLike<R> {
  checkNames('clipRewards', options, { low: true, high: true })
  const { low = -10, high = 10 } = options
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    const message = `low is ${formatValue(low)} and high ${formatValue(high)}; expected finite numbers, low first`
    throw new AdvantageError('OUT_OF_RANGE', 'low', message)
  }
  const numbers = readNumbers('rewards', rewards)
  const at = numbers.rewards.findIndex(Number.isNaN)
  if (at !== -1) {
    const message = `rewards has NaN as number ${at}; expected a number or an infinity`
    throw new AdvantageError('NOT_FINITE', 'rewards', message)
  }
  const clipped = numbers.rewards.map((reward) => Math.min(Math.max(reward, low), high))
  return rewardsLike(rewards, clipped, numbers)
}
