import { AdvantageError } from '../advantage-error'
import { checkNames, checkNonNegative, checkRange, formatValue } from '../check-options'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../rewards'
import { checkFinite } from '../rows'

/** Mean and variance of all rewards seen so far; plain data that a checkpoint can store. */
export interface RunningMoments {
  /** Mean reward. */
  readonly mean: number
  /** Variance over n, 0 or more. */
  readonly variance: number
  /** n, the number of rewards. */
  readonly count: number
}

/** The moments before the first reward. */
export const noMoments: RunningMoments = { mean: 0, variance: 0, count: 0 }

/** Checks moments, which may come from a checkpoint. Throws `INVALID_OPTION`, `OUT_OF_RANGE`. */
function checkMoments(owner: string, moments: RunningMoments): void {
  checkNames(owner, moments, { mean: true, variance: true, count: true })
  checkRange('moments.mean', moments.mean, {}, 'OUT_OF_RANGE')
  checkRange('moments.variance', moments.variance, { low: 0 }, 'OUT_OF_RANGE')
  if (Number.isSafeInteger(moments.count) && moments.count >= 0) return
  const message = `moments.count is ${formatValue(moments.count)}; expected a whole number of at least 0`
  throw new AdvantageError('OUT_OF_RANGE', 'moments.count', message)
}

/**
 * Updates the moments with a batch, by the parallel form of Welford's update (Chan et al. 1979); an empty batch changes
 * nothing.
 *
 * Source: Chan et al. 1979, the parallel form of Welford's update. Proven against TRL 0.23.1 (`RunningMoments`).
 *
 * @param rewards `[B]` or `[B, T]`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for the moments, `OVERFLOW`.
 */
export function updateMoments(moments: RunningMoments, rewards: Rewards): RunningMoments {
  checkMoments('updateMoments', moments)
  const numbers = readNumbers('rewards', rewards)
  checkFinite('rewards', numbers.rewards, numbers.rows ?? {})
  const added = numbers.rewards.length
  if (added === 0) return moments
  const mean = numbers.rewards.reduce((sum, reward) => sum + reward, 0) / added
  const squares = numbers.rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0)
  const count = moments.count + added
  const apart = mean - moments.mean
  const total = moments.variance * moments.count + squares + (apart ** 2 * moments.count * added) / count
  if (!Number.isFinite(total)) {
    const message = `the variance of rewards is ${total}; expected rewards whose squares are finite`
    throw new AdvantageError('OVERFLOW', 'rewards', message)
  }
  return { mean: moments.mean + (apart * added) / count, variance: total / count, count }
}

/** Options of {@link scaleByMoments}. */
export interface ScaleByMomentsOptions {
  /** True subtracts the mean first. Default: false, as in trlX and TRL, because it would shift the zero of the rewards. */
  shiftMean?: boolean
  /** ε ≥ 0, added to the deviation. Default: 2⁻²³, as for the single-precision scores of TRL. */
  epsilon?: number
}

/**
 * Divides rewards by the deviation of all rewards so far: R/(σ + ε), σ over n − 1; with fewer than two rewards, which have
 * no deviation, the result is R. A divisor σ + ε of 0 is an `OVERFLOW`.
 *
 * Source: 2307.04964, on reward normalisation. Proven against its equation.
 *
 * @param rewards `[B]` or `[B, T]`.
 * @returns the scaled rewards, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for the moments, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function scaleByMoments<R extends Rewards>(
  rewards: R,
  moments: RunningMoments,
  options: ScaleByMomentsOptions = {},
): RewardsLike<R> {
  checkNames('scaleByMoments', options, { shiftMean: true, epsilon: true })
  const { shiftMean = false, epsilon = 2 ** -23 } = options
  checkNonNegative('epsilon', epsilon)
  checkMoments('scaleByMoments', moments)
  const numbers = readNumbers('rewards', rewards)
  checkFinite('rewards', numbers.rewards, numbers.rows ?? {})
  const { mean, variance, count } = moments
  const divisor = count < 2 ? 1 : Math.sqrt((variance * count) / (count - 1)) + epsilon
  const scaled = numbers.rewards.map((reward) => (reward - (shiftMean ? mean : 0)) / divisor)
  return rewardsLike(rewards, scaled, numbers)
}
