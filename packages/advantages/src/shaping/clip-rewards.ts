import { AdvantageError } from '../advantage-error'
import { checkNames, formatValue } from '../check-options'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../rewards'

/** Options of {@link clipRewards}. */
export interface ClipRewardsOptions {
  /** The lower bound, a finite number. Default: −10, as in OpenRLHF. */
  low?: number
  /** The upper bound, a finite number of at least `low`. Default: 10, as in OpenRLHF. */
  high?: number
}

/**
 * Clips rewards: min(max(R, low), high). An infinite reward becomes the bound.
 *
 * OpenRLHF clips the reward after the baseline is subtracted, TRL's RLOO the reward itself.
 *
 * Source: Mnih et al. 2015 (DQN). Proven against OpenRLHF 0.11.2 (`compute_reward`).
 *
 * @param rewards `[B]` or `[B, T]`.
 * @returns the clipped rewards, in the form of `rewards`.
 * @throws AdvantageError `NOT_FINITE` for NaN, `SHAPE_MISMATCH`, `MISSING_INPUT`, `INVALID_OPTION`.
 */
export function clipRewards<R extends Rewards>(rewards: R, options: ClipRewardsOptions = {}): RewardsLike<R> {
  checkNames('clipRewards', options, { low: true, high: true })
  const { low = -10, high = 10 } = options
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    const message = `low is ${formatValue(low)} and high ${formatValue(high)}; expected finite numbers with low ≤ high`
    throw new AdvantageError('INVALID_OPTION', 'low', message)
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
