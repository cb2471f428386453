import { add, div, mean, mul, neg, type Tensor, type TensorLike, where } from '@prefkit/tensor'
import { alike, maskOf } from '../batch'
import { settled } from '../determined'
import {
  REQUIRED,
  requireChoice,
  requireInputs,
  requireNames,
  requireNonNegative,
  requirePositive,
} from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { preferencesOf, type ReferencedLogprobs, referencedNames, summed } from './completions'
import { dpoOutcome } from './dpo-loss'
import type { PreferenceMetric } from './preference-metrics'

/**
 * Inputs of {@link xpoLoss}: for each prompt a completion of the policy and one of the reference policy, the better
 * one chosen.
 */
export interface XpoInputs extends ReferencedLogprobs {
  /** `[B]`: 1 where the chosen completion is the policy's own, 0 where it is the reference policy's. */
  policyChosen: TensorLike
}

/** Options of {@link xpoLoss}. */
export interface XpoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
  /** α ≥ 0: weight of the optimism. Default: 1e-5, as in TRL. */
  alpha?: number
  /** The loss of the pair: that of `dpoLoss` of the same name, `ipo` of sums. Default: `sigmoid`. */
  lossType?: 'sigmoid' | 'ipo'
}

/** The metrics that TRL's XPO trainer logs. */
export type XpoMetric = PreferenceMetric | 'loss/dpo' | 'loss/xpo' | 'objective/kl' | 'objective/entropy'

/**
 * Exploratory preference optimisation, per pair: the loss of DPO plus α·log π of the completion that the reference
 * policy drew. That moves probability away from what the reference policy already draws, which is exploration.
 *
 * `loss/dpo` and `loss/xpo` are the means of the two parts; `objective/kl` and `objective/entropy` are the means of
 * log π − log π_ref and −log π over both completions; the others are those of `dpoLoss`.
 *
 * Source: 2405.21046. Proven against TRL 0.29.0 (`XPOTrainer._compute_losses`), the last release that has it.
 *
 * @throws LossError as `dpoLoss`.
 */
export function xpoLoss(inputs: XpoInputs, options: XpoLossOptions = {}): PairLoss<XpoMetric> {
  requireNames('xpoLoss', options, { beta: true, alpha: true, lossType: true })
  const { beta = 0.1, alpha = 1e-5, lossType = 'sigmoid' } = options
  requirePositive('xpoLoss', 'beta', beta)
  requireNonNegative('xpoLoss', 'alpha', alpha)
  requireChoice('xpoLoss', 'lossType', lossType, ['sigmoid', 'ipo'])
  requireInputs('xpoLoss', inputs, { ...referencedNames, policyChosen: REQUIRED })
  const { policyChosen, ...given } = inputs
  const { chosenLogprobs: c, rejectedLogprobs: r, refChosenLogprobs, refRejectedLogprobs } = given
  const numbers = { chosenLogprobs: c, rejectedLogprobs: r, refChosenLogprobs, refRejectedLogprobs }
  const pairs: ReferencedLogprobs = { ...given, ...alike(numbers, 'xpoLoss') }
  const [chosenLogprobs, rejectedLogprobs] = preferencesOf('xpoLoss', pairs).map(summed) as [Tensor, Tensor]
  const { outcome: dpo, summands } = dpoOutcome(pairs, { beta, lossType, convention: 'openrlhf' })
  const own = maskOf('xpoLoss', 'policyChosen', policyChosen, chosenLogprobs)
  const optimism = mul(alpha, where(own, rejectedLogprobs, chosenLogprobs))
  const losses = alpha === 0 ? dpo.losses : add(dpo.losses, optimism)
  const meanOf = (kind: 'rewards' | 'logps') =>
    mul(0.5, add(dpo.metrics[`${kind}/chosen`], dpo.metrics[`${kind}/rejected`]))
  const metrics = {
    ...dpo.metrics,
    'loss/dpo': mean(dpo.losses),
    'loss/xpo': mean(optimism),
    'objective/kl': div(meanOf('rewards'), beta),
    'objective/entropy': neg(meanOf('logps')),
  }
  return settled('xpoLoss', { losses, metrics }, summands)
}
