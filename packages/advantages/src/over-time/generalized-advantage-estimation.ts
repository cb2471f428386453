import type { Matrix, MatrixLike } from '../arrays'
import { matrixLike } from '../rows'
import type { Steps } from './trajectories'
import { type GaeOptions, readValued, type ValuedTrajectories } from './valued-trajectories'

function estimate(
  steps: Steps,
  values: Float64Array,
  { gamma, lambda, timePasses }: { gamma: number; lambda: number; timePasses: boolean },
): { advantages: Float64Array; returns: Float64Array } {
  const { rewards, mask, ends, endValues, bootstrapValues } = steps
  const { starts } = steps.rows
  const advantages = new Float64Array(rewards.length)
  const returns = new Float64Array(rewards.length)
  for (let row = 0; row < starts.length - 1; row++) {
    let nextValue = bootstrapValues[row]!
    let nextAdvantage = 0
    for (let i = starts[row + 1]! - 1; i >= starts[row]!; i--) {
      if (mask[i] === 1) {
        const after = ends[i] === 1 ? endValues[i]! : nextValue
        const later = ends[i] === 1 ? 0 : nextAdvantage
        const error = rewards[i]! + gamma * after - values[i]!
        nextAdvantage = error + gamma * lambda * later
        nextValue = values[i]!
        advantages[i] = nextAdvantage
        returns[i] = nextAdvantage + nextValue
      } else if (timePasses) {
        nextAdvantage = gamma * nextValue + gamma * lambda * nextAdvantage
        nextValue = 0
      }
    }
  }
  return { advantages, returns }
}

/**
 * Generalised advantage estimation: Aₜ = δₜ + γλ·Aₜ₊₁ with δₜ = rₜ + γ·V′ − Vₜ, and the returns A + V that a value
 * model learns; both `[B, T]`.
 *
 * V′ is the value of the state after the step: `bootstrapValues` after the last, 0 after a terminated step,
 * `truncationValues` after a step that a time limit cut off; no advantage flows back over the end of an episode.
 * Where the mask is 0 both results are 0, whatever the inputs hold there (except with `skyrl`); a fully masked row is all
 * zeros. Whitening is a separate step, {@link whiten}; verl, OpenRLHF and SkyRL always whiten.
 *
 * Source: 1506.02438, equation 16. Proven against verl 0.9.1 (`compute_gae_advantage_return`), OpenRLHF 0.11.2
 * (`get_advantages_and_returns`), rlax 0.1.9 (`truncated_generalized_advantage_estimation`), SkyRL 0.4.0
 * (`compute_gae_advantage_return`).
 *
 * @returns `advantages` and `returns`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function generalizedAdvantageEstimation<M extends Matrix>(
  trajectories: ValuedTrajectories<M>,
  options: GaeOptions = {},
): { advantages: MatrixLike<M>; returns: MatrixLike<M> } {
  const { steps, values, ...how } = readValued('generalizedAdvantageEstimation', trajectories, options)
  const { advantages, returns } = estimate(steps, values, how)
  return {
    advantages: matrixLike(trajectories.rewards, advantages, steps.rows),
    returns: matrixLike(trajectories.rewards, returns, steps.rows),
  }
}
