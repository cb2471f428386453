import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, checkShare } from '../check-options'
import { conventionOf } from '../conventions'
import { matrixLike } from '../rows'
import { readReturns } from './rewards-to-go'
import { type MaskedTimeConvention, type Trajectories, trajectoryNames } from './trajectories'

/** Options of {@link discountedReturns}. */
export interface DiscountedReturnsOptions {
  /** γ in [0, 1]: the discount of a reward one step later. Default: 1. */
  gamma?: number
  /** How masked steps are treated. Default: `verl`. */
  convention?: MaskedTimeConvention
}

/**
 * Discounted returns, or rewards-to-go: Gₜ = rₜ + γ·Gₜ₊₁, `[B, T]`.
 *
 * After the last step G is `bootstrapValues`, after a terminated step 0, after a truncated one its `truncationValues`.
 * Where the mask is 0 the result is 0, whatever the inputs hold there (except with `skyrl`); a fully masked row is all
 * zeros.
 *
 * Source: Sutton & Barto 2018, equation 3.9. Proven against rlax 0.1.9 (`discounted_returns`), verl 0.9.1
 * (`compute_reinforce_plus_plus_outcome_advantage`), OpenRLHF 0.11.2 (`get_cumulative_returns`), SkyRL 0.4.0
 * (`compute_reinforce_plus_plus_outcome_advantage`).
 *
 * @returns `[B, T]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function discountedReturns<M extends Matrix>(
  trajectories: Trajectories<M>,
  options: DiscountedReturnsOptions = {},
): MatrixLike<M> {
  checkNames('discountedReturns', trajectories, trajectoryNames)
  checkNames('discountedReturns', options, { gamma: true, convention: true })
  const convention = conventionOf('discountedReturns', options)
  const { gamma = 1 } = options
  checkShare('gamma', gamma)
  const { rows, returns } = readReturns(trajectories, gamma, convention)
  return matrixLike(trajectories.rewards, returns, rows)
}
