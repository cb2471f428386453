import { sub, type Tensor, type TensorLike, where } from '@prefkit/tensor'
import { determined } from '../determined'
import { requireChoice, requireInputs, requireNames } from '../loss-error'
import { tokensOf } from '../tokens'
import { logRatiosAt, type RatioLevel, ratioLevels, ratioOf } from './ratio-levels'

/** Inputs of {@link importanceRatios}. */
export interface ImportanceRatioInputs {
  /** log π of the tokens, `[B, T]`. */
  logprobs: TensorLike
  /** log π_old of the tokens, `[B, T]`: of the policy that drew them. */
  oldLogprobs: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link importanceRatios}. */
export interface ImportanceRatioOptions {
  /** Level of the ratio. Default: `token`. */
  importance?: RatioLevel
}

/**
 * Importance ratios ρ = π/π_old, per token. `token`: of the token; `sequence`: of the sequence, the product over its
 * tokens; `sequence-mean`: the geometric mean of the ratios of its tokens (GSPO); `sequence-token`: that value with the
 * gradient of the token's own log π (GSPO-token). Log-ratios above 80 count as 80, without gradient. The ratio of a
 * masked token is 0.
 *
 * Source: 2507.18071 (GSPO); 2402.14740 (RLOO). Proven against verl 0.9.1 (`compute_policy_loss_gspo`,
 * `compute_rollout_correction_weights`), OpenRLHF 0.11.2 (`PolicyLoss`).
 *
 * @returns `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function importanceRatios(
  inputs: ImportanceRatioInputs,
  options: ImportanceRatioOptions = {},
): Tensor {
  requireNames('importanceRatios', options, { importance: true })
  const { importance = 'token' } = options
  requireChoice('importanceRatios', 'importance', importance, ratioLevels)
  requireInputs('importanceRatios', inputs, { logprobs: true, oldLogprobs: true, mask: true })
  const { logprobs, oldLogprobs } = inputs
  const { tokens, mask } = tokensOf('importanceRatios', { logprobs, oldLogprobs }, inputs.mask)
  const ratios = ratioOf(logRatiosAt[importance](sub(tokens.logprobs, tokens.oldLogprobs), mask))
  return determined('importanceRatios', where(mask, ratios, 0), tokens)
}
