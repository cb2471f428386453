import { AdvantageError } from '../advantage-error'
import { checkNames, checkRange } from '../check-options'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../groups/groups'
import { checkFinite } from '../rows'

/** Mean and variance of all rewards seen so far; plain data, which a checkpoint can hold. */
export interface RunningMoments {
  /** Mean reward. */
  readonly mean: number
  /** Variance over n, 0 or more. */
  readonly variance: number
  /** n, the number of rewards. */
  readonly count: number
}

/** Before any reward. */
export const noMoments: RunningMoments = { mean: 0, variance: 0, count: 0 }

/**
 * The moments with a batch more, by the parallel form of Welford's update (Chan et al. 1979); an empty batch changes
 * nothing.
 *
 * Source: Chan et al. 1979, the parallel form of Welford's update. Proven against TRL 0.23.1 (`RunningMoments`).
 *
 * @param rewards `[B]` or `[B, T]`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OVERFLOW`.
 */
export function updateMoments(moments: RunningMoments, rewards: Rewards): RunningMoments {
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
  /** True subtracts the mean first. Default: false, as in trlX and TRL: it would move the rewards' zero. */
  shiftMean?: boolean
  /** ε ≥ 0, added to the deviation. Default: 2⁻²³, as for the 32-bit scores of TRL. */
  epsilon?: number
}

/**
 * Divides rewards by the deviation seen so far: R/(σ + ε), σ over n − 1; R itself below two rewards, which have no
 * deviation. Where σ + ε is 0 the result overflows, which is refused.
 *
 * Source: 2307.04964, on reward normalisation. Proven against its equation.
 *
 * @param rewards `[B]` or `[B, T]`.
 * @returns as many, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function scaleByMoments<R extends Rewards>(
  rewards: R,
  moments: RunningMoments,
  options: ScaleByMomentsOptions = {},
): RewardsLike<R> {
  checkNames('scaleByMoments', options, { shiftMean: true, epsilon: true })
  const { shiftMean = false, epsilon = 2 ** -23 } = options
  checkRange('epsilon', epsilon, 0)
  checkRange('moments.variance', moments.variance, 0)
  checkRange('moments.count', moments.count, 0)
  const numbers = readNumbers('rewards', rewards)
  checkFinite('rewards', numbers.rewards, numbers.rows ?? {})
  const { mean, variance, count } = moments
  const divisor = count < 2 ? 1 : Math.sqrt((variance * count) / (count - 1)) + epsilon
  const scaled = numbers.rewards.map((reward) => (reward - (shiftMean ? mean : 0)) / divisor)
  return rewardsLike(rewards, scaled, numbers)
}
