import {
  exp,
  expm1,
  less,
  log,
  log1p,
  mean,
  mul,
  neg,
  softplus,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { type Convention, conventionOf } from '../conventions'
import { determined } from '../determined'
import { requireBetween, requireInRange, requireNames } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { averaged, type PreferenceLogprobs, preferencesOf, withLikelihood } from './completions'
import { type PreferenceMetric, scaledMetrics } from './preference-metrics'

/** Options of {@link orpoLoss}. */
export interface OrpoLossOptions {
  /** β > 0: weight of the odds ratio (the paper's λ). Default: 0.1. */
  beta?: number
  /**
   * Weight of the negative log-likelihood of the chosen completion; 0 leaves it to a loss of its own, such as TRL's, which
   * is over the prompt, too. Default: 1.
   */
  nllWeight?: number
  /** What the likelihood is the mean of. `trl`: all chosen tokens of the batch. `paper`: each completion's. Default: `trl`. */
  convention?: Convention<'orpoLoss'>
}

/**
 * ORPO, per pair, without a reference policy: −log π_c a token − β·log σ(o), o = log(odds_c/odds_r), odds = p/(1 − p) of
 * p = e^a, a the mean of log π over the tokens of a completion. What is given as `[B]` without lengths is taken to be a mean.
 *
 * `rewards/*` are β·a; `log_odds_ratio` is the mean of log σ(o) and `log_odds_chosen` that of o: TRL's names.
 *
 * Source: 2403.07691, equations 4 and 7. Proven against TRL 1.16.0 (`ORPOTrainer.odds_ratio_loss`), the likelihood
 * against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` when the likelihood needs lengths;
 *   `INDETERMINATE` where infinite odds meet.
 */
export function orpoLoss(
  inputs: PreferenceLogprobs,
  options: OrpoLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss' | 'log_odds_ratio' | 'log_odds_chosen'> {
  requireNames('orpoLoss', options, { beta: true, nllWeight: true, convention: true })
  const { beta = 0.1, nllWeight = 1 } = options
  const convention = conventionOf('orpoLoss', options)
  requireBetween('beta', beta, 0, Number.POSITIVE_INFINITY)
  requireInRange('nllWeight', nllWeight, 0, Number.POSITIVE_INFINITY)
  const sides = preferencesOf('orpoLoss', inputs)
  const [chosenLogprobs, rejectedLogprobs] = [averaged(sides[0]), averaged(sides[1])]
  const logOdds = sub(
    sub(chosenLogprobs, rejectedLogprobs),
    sub(log1mExp(chosenLogprobs), log1mExp(rejectedLogprobs)),
  )
  const contrast = mul(beta, softplus(neg(logOdds)))
  const over = convention === 'trl' ? 'batch' : 'sequence'
  const { losses, nll } = withLikelihood('orpoLoss', contrast, sides[0], { weight: nllWeight, over })
  return {
    losses: determined('orpoLoss', losses, { chosenLogprobs, rejectedLogprobs }),
    metrics: {
      ...scaledMetrics(beta, [chosenLogprobs, rejectedLogprobs]),
      nll_loss: nll,
      log_odds_ratio: mean(neg(softplus(neg(logOdds)))),
      log_odds_chosen: mean(logOdds),
    },
  }
}

/** log(1 − e^x) for x ≤ 0, without cancellation near 0 or at −∞; −∞ at 0. */
function log1mExp(x: Tensor): Tensor {
  const far = less(x, -Math.LN2)
  const [low, high] = [where(far, x, -1), where(far, -0.5, x)]
  return where(far, log1p(neg(exp(low))), log(neg(expm1(high))))
}
