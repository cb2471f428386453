import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, checkRange } from '../check-options'
import { conventionOf } from '../conventions'
import { matrixLike } from '../rows'
import { readReturns } from './rewards-to-go'
import { type MaskedTimeConvention, type Trajectories, trajectoryNames } from './trajectories'

/** Options of {@link discountedReturns}. */
export interface DiscountedReturnsOptions {
  /** γ in [0, 1]: what a reward one step later is worth. Default: 1. */
  gamma?: number
  /** What a masked step is to the time. Default: `verl`. */
  convention?: MaskedTimeConvention
}

/**
 * Discounted returns, or rewards-to-go: Gₜ = rₜ + γ·Gₜ₊₁, `[B, T]`.
 *
 * After the last step G is `bootstrapValues`, after a terminated step 0, after a truncated one its `truncationValues`.
 * Results where the mask is 0 are 0, whatever stands there (but not with `skyrl`); a row masked throughout is all zeros.
 *
 * Source: Sutton & Barto 2018, equation 3.9. Proven against rlax 0.1.9 (`discounted_returns`), verl 0.9.1
 * (`compute_reinforce_plus_plus_outcome_advantage`), OpenRLHF 0.11.2 (`get_cumulative_returns`), SkyRL 0.4.0
 * (`compute_reinforce_plus_plus_outcome_advantage`).
 *
 * @returns `[B, T]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE`, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function discountedReturns<M extends Matrix>(
  trajectories: Trajectories<M>,
  options: DiscountedReturnsOptions = {},
): MatrixLike<M> {
  checkNames('discountedReturns', trajectories, trajectoryNames)
  checkNames('discountedReturns', options, { gamma: true, convention: true })
  const convention = conventionOf('discountedReturns', options)
  const { gamma = 1 } = options
  checkRange('gamma', gamma, 0, 1)
  const { rows, returns } = readReturns(trajectories, gamma, convention)
  return matrixLike(trajectories.rewards, returns, rows)
}
