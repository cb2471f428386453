import { div, expm1, mul, neg, sub, type Tensor } from '@prefkit/tensor'
import { determined } from '../determined'
import { LossError, requireBetween, requireInRange, requireNames } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { averaged, type PreferenceLogprobs, preferencesOf } from './completions'
import { smoothedLogistic } from './dpo-loss-types'
import { type PreferenceMetric, preferenceMetrics } from './preference-metrics'

/** Options of {@link simPoLoss}. */
export interface SimPoLossOptions {
  /** β > 0. Default: 2, as in the paper's code. */
  beta?: number
  /** γ ≥ 0: the margin by which β·(mean log π) has to win. Default: 0.5. */
  gamma?: number
  /** ε in [0, ½): the share of labels taken to be flipped. Default: 0. */
  labelSmoothing?: number
}

/** Options of {@link alphaPoLoss}. */
export interface AlphaPoLossOptions extends SimPoLossOptions {
  /** α, a finite number: shape of the reward; 0 is SimPO. Default: 0.25. */
  alpha?: number
}

/**
 * SimPO, per pair, without a reference policy: −log σ(β(a_c − a_r) − γ), a the mean of log π over the tokens of a
 * completion; with label smoothing, −(1 − ε) log σ(z) − ε log σ(−z). What is given as `[B]` without lengths is taken to be a
 * mean already. `rewards/*` are β·a, `logps/*` the means of a.
 *
 * Source: 2405.14734, equation 6. Proven against TRL 1.16.0 (`CPOTrainer.cpo_loss`), HALOs 4831988 (`SimPOTrainer`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function simPoLoss(
  inputs: PreferenceLogprobs,
  options: SimPoLossOptions = {},
): PairLoss<PreferenceMetric> {
  requireNames('simPoLoss', options, simPoOptions)
  return marginLoss('simPoLoss', inputs, options, (mean) => mean)
}

/**
 * AlphaPO, per pair: SimPO with the reward (1 − p^(−α))/α in place of log p, p = e^a the geometric mean of the token
 * probabilities. α → 0 is SimPO; for α > 0 the reward falls faster as p does.
 *
 * Source: 2501.03884. Proven against TRL 1.16.0 (`CPOTrainer.cpo_loss`).
 *
 * @throws LossError as `simPoLoss`; `INDETERMINATE` also where both p^(−α) overflow.
 */
export function alphaPoLoss(
  inputs: PreferenceLogprobs,
  options: AlphaPoLossOptions = {},
): PairLoss<PreferenceMetric> {
  requireNames('alphaPoLoss', options, { ...simPoOptions, alpha: true })
  const { alpha = 0.25, ...margin } = options
  if (!Number.isFinite(alpha)) {
    throw new LossError('INVALID_OPTION', `alpha: expected a finite number, got ${alpha}`)
  }
  const reward = (mean: Tensor) => (alpha === 0 ? mean : neg(div(expm1(mul(-alpha, mean)), alpha)))
  return marginLoss('alphaPoLoss', inputs, margin, reward)
}

const simPoOptions = { beta: true, gamma: true, labelSmoothing: true }

function marginLoss(
  loss: string,
  inputs: PreferenceLogprobs,
  { beta = 2, gamma = 0.5, labelSmoothing = 0 }: SimPoLossOptions,
  reward: (mean: Tensor) => Tensor,
): PairLoss<PreferenceMetric> {
  requireBetween('beta', beta, 0, Number.POSITIVE_INFINITY)
  requireInRange('gamma', gamma, 0, Number.POSITIVE_INFINITY)
  requireInRange('labelSmoothing', labelSmoothing, 0, 0.5)
  const means = preferencesOf(loss, inputs).map(averaged) as [Tensor, Tensor]
  const rewards = means.map((mean) => mul(beta, reward(mean))) as [Tensor, Tensor]
  const losses = smoothedLogistic(sub(sub(...rewards), gamma), labelSmoothing)
  const given = { chosenLogprobs: means[0], rejectedLogprobs: means[1] }
  return { losses: determined(loss, losses, given), metrics: preferenceMetrics(rewards, means) }
}
