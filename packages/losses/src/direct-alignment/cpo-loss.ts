import { sub } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { requireInputs, requireNames, requireNonNegative } from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'
import {
  type PreferenceLogprobs,
  preferenceNames,
  preferencesOf,
  tokensOfPair,
  withLikelihood,
} from './completions'
import { contrasts, requireContrast } from './contrast'
import { type PreferenceMetric, scaledMetrics } from './preference-metrics'

/** The losses of {@link cpoLoss}. */
export type CpoLossType = keyof typeof contrasts

/** Options of {@link cpoLoss}. */
export interface CpoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
  /** The function of D, below. Default: `sigmoid`. */
  lossType?: CpoLossType
  /** ε in [0, ½): the share of labels assumed to be flipped, for `sigmoid`. Default: 0. */
  labelSmoothing?: number
  /** α ≥ 0: weight of the negative log-likelihood of the chosen completion. Default: 1. */
  nllWeight?: number
  /**
   * What the likelihood is the mean of. `trl`: all chosen tokens of the batch. `paper`: each completion's. Default:
   * `trl`.
   */
  convention?: Convention<'cpoLoss'>
}

/**
 * Contrastive preference optimisation, per pair, without a reference policy: with D = log π_c − log π_r,
 * `sigmoid`: −(1 − ε) log σ(βD) − ε log σ(−βD); `hinge`: max(0, 1 − βD); `ipo`: (D − 1/(2β))², where D is of means over
 * tokens; each plus α·(−log π_c per token).
 *
 * `rewards/*` are β·log π; `nll_loss` is the mean of the likelihood term, 0 when α is 0.
 *
 * Source: 2401.08417, equation 3; 2310.12036, equation 17 (`ipo`). Proven against TRL 1.16.0
 * (`CPOTrainer.get_batch_loss_metrics`), `paper` against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `MISSING_INPUT` for sums without lengths when α > 0, or with `ipo`;
 *   `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function cpoLoss(
  inputs: PreferenceLogprobs,
  options: CpoLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss'> {
  const names = { beta: true, lossType: true, labelSmoothing: true, nllWeight: true, convention: true }
  requireNames('cpoLoss', options, names)
  const { beta = 0.1, lossType = 'sigmoid', labelSmoothing = 0, nllWeight = 1 } = options
  const convention = conventionOf('cpoLoss', options)
  const contrast = requireContrast('cpoLoss', { beta, labelSmoothing, lossType }, contrasts)
  requireNonNegative('cpoLoss', 'nllWeight', nllWeight)
  requireEffects('cpoLoss', options, {
    convention: { preset: 'trl', counts: nllWeight > 0, only: 'nllWeight above 0' },
  })
  requireInputs('cpoLoss', inputs, preferenceNames)
  const sides = preferencesOf('cpoLoss', inputs)
  const [chosenLogprobs, rejectedLogprobs] = [
    contrast.of('cpoLoss', sides[0]),
    contrast.of('cpoLoss', sides[1]),
  ]
  const contrasted = contrast.at(sub(chosenLogprobs, rejectedLogprobs), { beta, labelSmoothing })
  const over = convention === 'trl' ? 'batch' : 'sequence'
  const { losses, nll } = withLikelihood('cpoLoss', contrasted, sides[0], { weight: nllWeight, over })
  const metrics = { ...scaledMetrics(beta, [chosenLogprobs, rejectedLogprobs]), nll_loss: nll }
  return settled('cpoLoss', { losses, metrics }, tokensOfPair(sides))
}
