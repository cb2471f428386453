import { add, mean, mul, relu, sub, type Tensor, zerosLike } from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { determined } from '../determined'
import { requireBetween, requireInRange, requireNames, requireOneOf } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import {
  averaged,
  negativeLogLikelihood,
  type PreferenceLogprobs,
  preferencesOf,
  summed,
} from './completions'
import { smoothedLogistic } from './dpo-loss-types'
import { type PreferenceMetric, preferenceMetrics } from './preference-metrics'

/** The losses of {@link cpoLoss}. */
export type CpoLossType = 'sigmoid' | 'hinge' | 'ipo'

/** Options of {@link cpoLoss}. */
export interface CpoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
  /** The function of D, below. Default: `sigmoid`. */
  lossType?: CpoLossType
  /** ε in [0, ½): the share of labels taken to be flipped, for `sigmoid`. Default: 0. */
  labelSmoothing?: number
  /** α ≥ 0: weight of the negative log-likelihood of the chosen completion. Default: 1. */
  nllWeight?: number
  /** What the likelihood is the mean of. `trl`: all chosen tokens of the batch. `paper`: each completion's. Default: `trl`. */
  convention?: Convention<'cpoLoss'>
}

const lossTypes: Record<CpoLossType, (margin: Tensor, beta: number, epsilon: number) => Tensor> = {
  sigmoid: (margin, beta, epsilon) => smoothedLogistic(mul(beta, margin), epsilon),
  hinge: (margin, beta) => relu(sub(1, mul(beta, margin))),
  ipo: (margin, beta) => {
    const missing = sub(margin, 0.5 / beta)
    return mul(missing, missing)
  },
}

/**
 * Contrastive preference optimisation, per pair, without a reference policy: with D = log π_c − log π_r,
 * `sigmoid`: −(1 − ε) log σ(βD) − ε log σ(−βD); `hinge`: max(0, 1 − βD); `ipo`: (D − 1/(2β))², where D is of means over
 * tokens; each plus α·(−log π_c a token).
 *
 * `rewards/*` are β·log π; `nll_loss` is the mean of the likelihood term, 0 when α is.
 *
 * Source: 2401.08417, equation 3; 2310.12036, equation 17 (`ipo`). Proven against TRL 1.16.0 (`CPOTrainer.cpo_loss`),
 * the likelihood against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `MISSING_INPUT` when α > 0 and lengths are not known; `INVALID_OPTION`;
 *   `INDETERMINATE` where infinite log-probabilities meet.
 */
export function cpoLoss(
  inputs: PreferenceLogprobs,
  options: CpoLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss'> {
  const names = { beta: true, lossType: true, labelSmoothing: true, nllWeight: true, convention: true }
  requireNames('cpoLoss', options, names)
  const { beta = 0.1, lossType = 'sigmoid', labelSmoothing = 0, nllWeight = 1 } = options
  const convention = conventionOf('cpoLoss', options)
  requireBetween('beta', beta, 0, Number.POSITIVE_INFINITY)
  requireOneOf('lossType', lossType, Object.keys(lossTypes))
  requireInRange('labelSmoothing', labelSmoothing, 0, lossType === 'sigmoid' ? 0.5 : Number.MIN_VALUE)
  requireInRange('nllWeight', nllWeight, 0, Number.POSITIVE_INFINITY)
  const sides = preferencesOf('cpoLoss', inputs)
  const of = lossType === 'ipo' ? averaged : summed
  const [chosenLogprobs, rejectedLogprobs] = [of(sides[0]), of(sides[1])]
  const contrast = lossTypes[lossType](sub(chosenLogprobs, rejectedLogprobs), beta, labelSmoothing)
  const over = convention === 'trl' ? 'batch' : 'sequence'
  const nll = nllWeight === 0 ? zerosLike(summed(sides[0])) : negativeLogLikelihood('cpoLoss', sides[0], over)
  const losses = nllWeight === 0 ? contrast : add(contrast, mul(nllWeight, nll))
  return {
    losses: determined('cpoLoss', losses, { chosenLogprobs, rejectedLogprobs }),
    metrics: {
      ...preferenceMetrics(
        [mul(beta, chosenLogprobs), mul(beta, rejectedLogprobs)],
        [chosenLogprobs, rejectedLogprobs],
      ),
      nll_loss: mean(nll),
    },
  }
}
