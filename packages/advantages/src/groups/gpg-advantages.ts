import { checkNames, checkPositive } from '../check-options'
import { type Rewards, type RewardsLike, rewardsLike } from '../rewards'
import { type GroupOptions, readGrouped } from './groups'
import { centred } from './relative-rewards'
import { type Singletons, singletonsOf } from './singletons'

/** Options of {@link gpgAdvantages}. */
export interface GpgOptions extends GroupOptions {
  /** F_norm > 0, the divisor of all advantages. Default: 1. */
  norm?: number
  /** How groups of one are treated. Default: `keep`, as in verl. */
  singletons?: Singletons
}

/**
 * Group policy gradient: A = α·(R − μ)/F_norm with α = B/#{R ≠ 0}, which compensates for the responses without gradient;
 * α = B where all rewards are 0, and so are the advantages.
 *
 * Source: 2504.02546. Proven against verl 0.9.1 (`compute_gpg_outcome_advantage`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function gpgAdvantages<R extends Rewards>(rewards: R, options: GpgOptions = {}): RewardsLike<R> {
  checkNames('gpgAdvantages', options, { groups: true, norm: true, singletons: true })
  const { norm = 1 } = options
  checkPositive('norm', norm)
  const grouped = readGrouped(rewards, options.groups)
  const result = centred(grouped, singletonsOf(options.singletons ?? 'keep'))
  const nonzero = grouped.rewards.reduce((count, reward) => count + (reward === 0 ? 0 : 1), 0)
  const alpha = grouped.rewards.length / Math.max(1, nonzero)
  const scaled = result.map((advantage) => (alpha * advantage) / norm)
  return rewardsLike(rewards, scaled, grouped)
}
