import {
  cast,
  clip,
  greater,
  less,
  logicalAnd,
  logicalNot,
  mul,
  neg,
  type OptionNames,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { asLike, requireEach } from '../batch'
import { LossError, REQUIRED, requireNames, requireWithin } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'
import { clippedSurrogate } from './clipped-surrogate'
import {
  type ClipOptions,
  clipBounds,
  type PolicyInputs,
  type PolicyTokens,
  policyInputs,
  policyTokensOf,
} from './policy-inputs'
import { policyLoss } from './policy-loss'
import { ratioOf } from './ratio-levels'
import { countOf, largestTokens, tokenCovariance, whereOrdered } from './token-covariance'

/** Inputs of {@link clipCovLoss}. */
export interface ClipCovInputs extends PolicyInputs {
  /**
   * Random numbers, one per token, `[B, T]`, such as `randomUniform(key, [B, T])` of `@prefkit/tensor`: the candidates
   * with the largest numbers are drawn. The same numbers draw the same tokens.
   */
  draws: TensorLike
}

/** Options of {@link clipCovLoss}; ε is 0.2 by default. */
export interface ClipCovLossOptions extends ClipOptions {
  /** r in (0, 1]: the share of the batch's tokens that lose their gradient, at least one token. Default: 2e-4. */
  share?: number
  /** ω_low: only tokens with a larger covariance are candidates. Default: 1. */
  covarianceLow?: number
  /** ω_high > ω_low: only tokens with a smaller one are. Default: 5. */
  covarianceHigh?: number
}

/** What {@link clipCovLoss} reports. */
export type ClipCovMetric = 'actor/pg_clipfrac' | 'actor/ppo_kl'

/**
 * Clip-Cov, per token: the clipped surrogate −min(ρA, clip(ρ, 1 − ε, 1 + ε_high)·A), ρ = π/π_old, and 0 for max(1,
 * ⌊r·tokens⌋) tokens drawn from those that are not clipped and whose covariance (A − Ā)(log π − mean of log π) is
 * within (ω_low, ω_high): without their gradient the entropy falls less. Means and draws are over the batch.
 *
 * `actor/pg_clipfrac` is the share of tokens drawn, `actor/ppo_kl` the mean of −log ρ over tokens.
 *
 * Source: 2505.22617. Proven against verl 0.9.1 (`compute_policy_loss_clip_cov`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; also for draws that are NaN; `MISSING_INPUT` without
 *   draws; `INDETERMINATE` where a log π or an advantage is infinite, since covariances then have no order, or infinite
 *   log-probabilities meet. Inside `jit` the losses are NaN.
 */
export function clipCovLoss(
  inputs: ClipCovInputs,
  options: ClipCovLossOptions = {},
): TokenLoss<ClipCovMetric> {
  const { bounds, share, covarianceLow, covarianceHigh } = settingsOf(options)
  const tokens = policyTokensOf('clipCovLoss', inputs, knownInputs)
  const { logprobs, advantages, mask } = tokens
  const draws = drawsOf(inputs.draws, tokens)
  const logRatio = sub(logprobs, tokens.oldLogprobs)
  const ratio = ratioOf(logRatio)
  const gain = neg(advantages)
  const clipped = greater(mul(gain, clip(ratio, ...bounds)), mul(gain, ratio))
  const covariance = tokenCovariance(tokens)
  const within = logicalAnd(greater(covariance, covarianceLow), less(covariance, covarianceHigh))
  const candidates = logicalAnd(mask, logicalAnd(within, logicalNot(clipped)))
  const drawn = largestTokens(draws, candidates, countOf(share, mask, logprobs))
  const surrogate = where(drawn, 0, clippedSurrogate(ratio, advantages, { bounds }))
  return policyLoss('clipCovLoss', tokens, whereOrdered(surrogate, covariance, mask), {
    'actor/pg_clipfrac': maskedMean(cast(drawn, ratio.dtype), mask),
    'actor/ppo_kl': maskedMean(neg(logRatio), mask),
  })
}

/** A number for each token, 0 where masked: one per sequence would draw its tokens by their places. */
function drawsOf(given: TensorLike, { logprobs, mask }: PolicyTokens): Tensor {
  const draws = asLike('clipCovLoss', 'draws', given, logprobs)
  if (String(draws.shape) !== String(mask.shape)) {
    const got = `[${draws.shape}]`
    throw new LossError('SHAPE_MISMATCH', `clipCovLoss: draws must be [B, T], [${mask.shape}], got ${got}`)
  }
  const kept = where(mask, draws, 0)
  requireEach('clipCovLoss', 'draws', kept, { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY })
  return kept
}

const knownInputs: OptionNames<ClipCovInputs> = { ...policyInputs, draws: REQUIRED }

const knownOptions = {
  clipEpsilon: true,
  clipEpsilonHigh: true,
  share: true,
  covarianceLow: true,
  covarianceHigh: true,
}

function settingsOf(options: ClipCovLossOptions) {
  requireNames('clipCovLoss', options, knownOptions)
  const { clipEpsilon = 0.2, clipEpsilonHigh = clipEpsilon, share = 2e-4 } = options
  const { covarianceLow = 1, covarianceHigh = 5 } = options
  requireWithin('clipCovLoss', 'share', share, { above: 0, to: 1 })
  requireWithin('clipCovLoss', 'covarianceLow', covarianceLow, {})
  requireWithin('clipCovLoss', 'covarianceHigh', covarianceHigh, { above: covarianceLow })
  return {
    bounds: clipBounds('clipCovLoss', clipEpsilon, clipEpsilonHigh),
    share,
    covarianceLow,
    covarianceHigh,
  }
}
