import { mul, sub, type Tensor } from '@prefkit/tensor'
import { settled } from '../determined'
import {
  requireInputs,
  requireNames,
  requireNonNegative,
  requirePositive,
  requireWithin,
} from '../loss-error'
import type { PairLoss } from '../pair-loss'
import {
  averaged,
  type PreferenceLogprobs,
  preferenceNames,
  preferencesOf,
  tokensOfPair,
} from './completions'
import { type PreferenceMetric, preferenceMetrics } from './preference-metrics'
import { smoothedLogistic } from './smoothed-logistic'

/** Options of {@link simPoLoss}. */
export interface SimPoLossOptions {
  /** β > 0. Default: 2, as in the paper's code. */
  beta?: number
  /** γ ≥ 0: the margin that the difference of β·(mean log π) has to exceed. Default: 0.5. */
  gamma?: number
  /** ε in [0, ½): the share of labels assumed to be flipped. Default: 0. */
  labelSmoothing?: number
}

/**
 * SimPO, per pair, without a reference policy: −log σ(β(a_c − a_r) − γ), a the mean of log π over the tokens of a
 * completion; with label smoothing, −(1 − ε) log σ(z) − ε log σ(−z). `rewards/*` are β·a,
 * `logps/*` the means of a.
 *
 * Source: 2405.14734, equation 6. Proven against TRL 1.16.0 (`CPOTrainer.cpo_loss`), HALOs 4831988 (`SimPOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` for sums without lengths;
 *   `INDETERMINATE` where infinite log-probabilities meet.
 */
export function simPoLoss(
  inputs: PreferenceLogprobs,
  options: SimPoLossOptions = {},
): PairLoss<PreferenceMetric> {
  requireNames('simPoLoss', options, simPoOptions)
  return marginLoss('simPoLoss', inputs, options, (mean) => mean)
}

/** The names of {@link SimPoLossOptions}. */
export const simPoOptions = { beta: true, gamma: true, labelSmoothing: true }

/** −log σ(r_c − r_r − γ), smoothed, of rewards r = β·f(a), a the mean of log π over the tokens of a completion. */
export function marginLoss(
  loss: string,
  inputs: PreferenceLogprobs,
  { beta = 2, gamma = 0.5, labelSmoothing = 0 }: SimPoLossOptions,
  reward: (mean: Tensor) => Tensor,
): PairLoss<PreferenceMetric> {
  requirePositive(loss, 'beta', beta)
  requireNonNegative(loss, 'gamma', gamma)
  requireWithin(loss, 'labelSmoothing', labelSmoothing, { from: 0, below: 0.5 })
  requireInputs(loss, inputs, preferenceNames)
  const sides = preferencesOf(loss, inputs)
  const means = [averaged(loss, sides[0]), averaged(loss, sides[1])] as const
  const rewards = [mul(beta, reward(means[0])), mul(beta, reward(means[1]))] as const
  const losses = smoothedLogistic(sub(sub(...rewards), gamma), labelSmoothing)
  return settled(loss, { losses, metrics: preferenceMetrics(rewards, means) }, tokensOfPair(sides))
}
