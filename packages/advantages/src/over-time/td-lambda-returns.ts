import type { Matrix, MatrixLike } from '../arrays'
import { matrixLike } from '../rows'
import { lambdaReturns } from './lambda-returns'
import { type GaeOptions, readValued, type ValuedTrajectories } from './valued-trajectories'

/**
 * TD(λ) returns, the targets of a value model: Gₜ = rₜ + γ·[(1 − λ)·V′ + λ·Gₜ₊₁], `[B, T]`; V′ and the mask as in
 * {@link generalizedAdvantageEstimation}, and the returns are its advantages plus V.
 *
 * Source: Sutton & Barto 2018, equation 12.18. Proven against rlax 0.1.9 (`lambda_returns`), verl 0.9.1
 * (`compute_gae_advantage_return`), OpenRLHF 0.11.2 (`get_advantages_and_returns`), SkyRL 0.4.0
 * (`compute_gae_advantage_return`).
 *
 * @returns `[B, T]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function tdLambdaReturns<M extends Matrix>(
  trajectories: ValuedTrajectories<M>,
  options: GaeOptions = {},
): MatrixLike<M> {
  const { steps, values, ...how } = readValued('tdLambdaReturns', trajectories, options)
  return matrixLike(trajectories.rewards, lambdaReturns(steps, values, how), steps.rows)
}
