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
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { asLike, isHere } from '../batch'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { LossError, requireInputs, requireNames, requireNonNegative, requirePositive } from '../loss-error'
import { requireEffects } from '../option-effects'
import type { PairLoss } from '../pair-loss'
import {
  averaged,
  type Completions,
  completionsOf,
  type PreferenceLogprobs,
  preferenceNames,
  preferencesOf,
  tokensOfPair,
  withLikelihood,
} from './completions'
import { type PreferenceMetric, scaledMetrics } from './preference-metrics'

/** Inputs of {@link orpoLoss}. */
export interface OrpoInputs extends PreferenceLogprobs {
  /**
   * `[B, T]`, 1 for the tokens of `chosenLogprobs` that count in the likelihood, for the convention `trl`. TRL counts
   * the tokens of prompt and completion: the log-probabilities are of both, and `chosenMask` marks the completion only.
   */
  likelihoodMask?: TensorLike
}

/** Options of {@link orpoLoss}. */
export interface OrpoLossOptions {
  /** β > 0: weight of the odds ratio (the paper's λ). Default: 0.1. */
  beta?: number
  /** Weight of the negative log-likelihood of the chosen completion; 0 if it is a separate loss. Default: 1. */
  nllWeight?: number
  /**
   * What the likelihood is the mean of. `paper`: the tokens of each chosen completion. `trl`: all tokens of the batch
   * that `likelihoodMask` marks, prompts included. Default: `paper`.
   */
  convention?: Convention<'orpoLoss'>
}

/**
 * ORPO, per pair, without a reference policy: −log π_c per token − β·log σ(o), o = log(odds_c/odds_r), odds = p/(1 − p)
 * of p = e^a, a the mean of log π over the tokens of a completion.
 *
 * `rewards/*` are β·a; `log_odds_ratio` is the mean of log σ(o) and `log_odds_chosen` that of o: TRL's names.
 *
 * Source: 2403.07691, equations 4 and 7. Proven against TRL 1.16.0
 * (`ORPOTrainer.get_batch_loss_metrics`), `paper` against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`; `INVALID_OPTION`, also for a mean of log-probabilities above 0;
 *   `MISSING_INPUT` for sums without lengths, and under `trl` without `likelihoodMask`; `INDETERMINATE` where infinite
 *   odds meet.
 */
export function orpoLoss(
  inputs: OrpoInputs,
  options: OrpoLossOptions = {},
): PairLoss<PreferenceMetric | 'nll_loss' | 'log_odds_ratio' | 'log_odds_chosen'> {
  requireNames('orpoLoss', options, { beta: true, nllWeight: true, convention: true })
  const { beta = 0.1, nllWeight = 1 } = options
  const convention = conventionOf('orpoLoss', options)
  requirePositive('orpoLoss', 'beta', beta)
  requireNonNegative('orpoLoss', 'nllWeight', nllWeight)
  requireEffects('orpoLoss', options, {
    convention: { preset: 'paper', counts: nllWeight > 0, only: 'nllWeight above 0' },
  })
  requireInputs('orpoLoss', inputs, { ...preferenceNames, likelihoodMask: true })
  const { likelihoodMask, ...pairs } = inputs
  requireEffects('orpoLoss', inputs, {
    likelihoodMask: { preset: undefined, counts: convention === 'trl', only: "convention: 'trl'" },
  })
  const sides = preferencesOf('orpoLoss', pairs)
  const chosenLogprobs = meansOf(sides[0])
  const rejectedLogprobs = meansOf(sides[1])
  const logOdds = sub(
    sub(chosenLogprobs, rejectedLogprobs),
    sub(log1mExp(chosenLogprobs), log1mExp(rejectedLogprobs)),
  )
  const contrast = mul(beta, softplus(neg(logOdds)))
  const over = convention === 'trl' ? 'batch' : 'sequence'
  const likely = convention === 'trl' && nllWeight > 0 ? marked(inputs, sides[0]) : sides[0]
  const { losses, nll } = withLikelihood('orpoLoss', contrast, likely, { weight: nllWeight, over })
  const metrics = {
    ...scaledMetrics(beta, [chosenLogprobs, rejectedLogprobs]),
    nll_loss: nll,
    log_odds_ratio: mean(neg(softplus(neg(logOdds)))),
    log_odds_chosen: mean(logOdds),
  }
  const tokens = tokensOfPair(sides)
  return settled('orpoLoss', { losses, metrics }, { ...tokens, likelihood: likely.logprobs })
}

/**
 * Means of log π over tokens, `[B]`.
 * @throws LossError `INVALID_OPTION` where one is above 0: then there are no odds.
 */
function meansOf(side: Completions): Tensor {
  const means = averaged('orpoLoss', side)
  const wrong = isHere(means) ? means.data.find((mean) => mean > 0) : undefined
  if (wrong === undefined) return means
  throw new LossError(
    'INVALID_OPTION',
    `orpoLoss: ${side.name}: expected log-probabilities with a mean of at most 0, got the mean ${wrong}`,
  )
}

/** The tokens that TRL's likelihood counts. @throws LossError `MISSING_INPUT` without their mask. */
function marked(
  { chosenLogprobs, likelihoodMask }: OrpoInputs,
  { logprobs: like }: Completions,
): Completions {
  if (likelihoodMask !== undefined) {
    const logprobs = asLike('orpoLoss', 'chosenLogprobs', chosenLogprobs, like)
    return completionsOf('orpoLoss', 'chosenLogprobs', { logprobs, mask: likelihoodMask })
  }
  throw new LossError(
    'MISSING_INPUT',
    "orpoLoss: convention 'trl' needs likelihoodMask: expected [B, T], 1 for prompt and completion, got none",
  )
}

/** log(1 − e^x) for x ≤ 0, without cancellation near 0 or at −∞; −∞ at 0. */
function log1mExp(x: Tensor): Tensor {
  const far = less(x, -Math.LN2)
  const [low, high] = [where(far, x, -1), where(far, -0.5, x)]
  return where(far, log1p(neg(exp(low))), log(neg(expm1(high))))
}
