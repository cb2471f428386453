import type { Matrix, MatrixLike } from '../arrays'
import { checkNames, checkShare } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { matrixLike } from '../rows'
import { type WhiteningConvention, whiteningRules, whitenWeighted } from '../whitening'
import { readReturns } from './rewards-to-go'
import { type Trajectories, trajectoryNames } from './trajectories'

/**
 * How masked steps are treated, as in {@link discountedReturns}, and how the returns are whitened, as in {@link whiten}:
 * both of `openrlhf`, or both of `verl`; `skyrl` whitens as `trl`.
 */
export type ReinforceConvention = Convention<'reinforcePlusPlusAdvantages'>

const whitenings: Readonly<Record<ReinforceConvention, WhiteningConvention>> = {
  openrlhf: 'openrlhf',
  verl: 'verl',
  skyrl: 'trl',
}

/** Options of {@link reinforcePlusPlusAdvantages}. */
export interface ReinforcePlusPlusOptions {
  /** γ in [0, 1]: the discount of a reward one step later. Default: 1. */
  gamma?: number
  /** Sets the treatment of masked steps and the whitening. Default: `openrlhf`. */
  convention?: ReinforceConvention
}

/**
 * REINFORCE++: the returns Gₜ = rₜ + γ·Gₜ₊₁ (of rewards with a KL penalty, {@link klPenalizedRewards}), whitened over all
 * tokens of the batch.
 *
 * Source: 2501.03262. Proven against verl 0.9.1 (`compute_reinforce_plus_plus_outcome_advantage`), OpenRLHF 0.11.2
 * (`compute_advantages_and_returns`, `reinforce`), SkyRL 0.4.0 (`compute_reinforce_plus_plus_outcome_advantage`).
 *
 * @returns `advantages` and `returns`, `[B, T]`, in the form of `rewards`; 0 where the mask is 0, except the returns of
 *   `skyrl`.
 * @throws AdvantageError `TOO_FEW` when the mask keeps fewer than 2 steps (1 for `openrlhf`); `SHAPE_MISMATCH`,
 *   `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags, `INVALID_OPTION`, `OVERFLOW`.
 */
export function reinforcePlusPlusAdvantages<M extends Matrix>(
  trajectories: Trajectories<M>,
  options: ReinforcePlusPlusOptions = {},
): { advantages: MatrixLike<M>; returns: MatrixLike<M> } {
  checkNames('reinforcePlusPlusAdvantages', trajectories, trajectoryNames)
  checkNames('reinforcePlusPlusAdvantages', options, { gamma: true, convention: true })
  const convention = conventionOf('reinforcePlusPlusAdvantages', options)
  const { gamma = 1 } = options
  checkShare('gamma', gamma)
  const { rows, mask, returns } = readReturns(trajectories, gamma, convention)
  const rule = whiteningRules[whitenings[convention]]
  const advantages = whitenWeighted(returns, mask, { rule, from: { values: 'rewards', weights: 'mask' } })
  return {
    advantages: matrixLike(trajectories.rewards, advantages, rows),
    returns: matrixLike(trajectories.rewards, returns, rows),
  }
}
