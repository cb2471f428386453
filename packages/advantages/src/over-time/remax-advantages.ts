import type { Matrix, MatrixLike, Vector } from '../arrays'
import { checkNames } from '../check-options'
import { checkFinite, matrixLike, readVector } from '../rows'
import { rewardsToGo } from './rewards-to-go'
import { readTrajectories, type Trajectories } from './trajectories'

/** Inputs of {@link remaxAdvantages}. */
export interface RemaxInput<M extends Matrix = Matrix> extends Pick<Trajectories<M>, 'rewards' | 'mask'> {
  /** `[B]`: the reward of the greedily decoded response to the same prompt. */
  greedyRewards: Vector
}

/**
 * ReMax: Aₜ = Σ_{s ≥ t} rₛ − R(greedy response), the undiscounted returns minus the baseline.
 *
 * Source: 2310.10505. Proven against verl 0.9.1 (`compute_remax_outcome_advantage`).
 *
 * @returns `advantages` and `returns`, `[B, T]`, in the form of `rewards`; 0 where the mask is 0.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function remaxAdvantages<M extends Matrix>(
  input: RemaxInput<M>,
): { advantages: MatrixLike<M>; returns: MatrixLike<M> } {
  checkNames('remaxAdvantages', input, { rewards: true, mask: true, greedyRewards: true })
  const { rewards, mask } = input
  const steps = readTrajectories(mask === undefined ? { rewards } : { rewards, mask })
  const { starts } = steps.rows
  const baselines = readVector('greedyRewards', input.greedyRewards, starts.length - 1)
  checkFinite('greedyRewards', baselines)
  const returns = rewardsToGo(steps)
  const advantages = new Float64Array(returns.length)
  for (let row = 0; row < baselines.length; row++) {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      if (steps.mask[i] === 1) advantages[i] = returns[i]! - baselines[row]!
    }
  }
  return {
    advantages: matrixLike(rewards, advantages, steps.rows),
    returns: matrixLike(rewards, returns, steps.rows),
  }
}
