import { div, expm1, mul, neg, type Tensor } from '@prefkit/tensor'
import { requireNames, requireWithin } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import type { PreferenceLogprobs } from './completions'
import type { PreferenceMetric } from './preference-metrics'
import { marginLoss, type SimPoLossOptions, simPoOptions } from './sim-po-loss'

/** Options of {@link alphaPoLoss}. */
export interface AlphaPoLossOptions extends SimPoLossOptions {
  /** α, a finite number: shape of the reward; 0 is SimPO. Default: 0.25. */
  alpha?: number
}

/**
 * AlphaPO, per pair: SimPO with the reward (1 − p^(−α))/α instead of log p, p = e^a the geometric mean of the token
 * probabilities. α → 0 is SimPO; for α > 0 the reward falls faster with p.
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
  requireWithin('alphaPoLoss', 'alpha', alpha, {})
  const reward = (mean: Tensor) => (alpha === 0 ? mean : neg(div(expm1(mul(-alpha, mean)), alpha)))
  return marginLoss('alphaPoLoss', inputs, margin, reward)
}
