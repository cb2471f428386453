import {
  add,
  broadcastTo,
  expandDims,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { determined } from '../determined'
import { requireNames, requireOneOf } from '../loss-error'
import { sequenceMean, tokensOf } from '../tokens'
import { ratioOf } from './policy-inputs'

/** What an importance ratio is of; see {@link importanceRatios}. */
export type RatioLevel = 'token' | 'sequence' | 'sequence-mean' | 'sequence-token'

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
  /** Which one. Default: `token`. */
  level?: RatioLevel
}

/** One number a sequence, at each of its tokens. */
export const atTokens = (perSequence: Tensor, like: Tensor): Tensor =>
  broadcastTo(expandDims(perSequence, 1), like.shape)

/** Log-ratios `[B, T]` at each level, of log-ratios a token that are 0 where masked. */
export const logRatiosAt: Readonly<Record<RatioLevel, (x: Tensor, mask: Tensor) => Tensor>> = {
  token: (x) => x,
  sequence: (x) => atTokens(reduceSum(x, { axis: 1 }), x),
  'sequence-mean': (x, mask) => atTokens(sequenceMean(x, mask), x),
  'sequence-token': (x, mask) =>
    add(sub(x, stopGradient(x)), stopGradient(atTokens(sequenceMean(x, mask), x))),
}

/** The levels, for options that name one. */
export const ratioLevels = Object.keys(logRatiosAt)

/**
 * Importance ratios ρ = π/π_old, per token. `token`: of the token; `sequence`: of the sequence, the product over its
 * tokens; `sequence-mean`: the geometric mean of the ratios of its tokens (GSPO); `sequence-token`: that value with the
 * gradient of the token's own log π (GSPO-token). Log-ratios above 80 count as 80, without gradient. Masked tokens have
 * 0.
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
  requireNames('importanceRatios', options, { level: true })
  const { level = 'token' } = options
  requireOneOf('level', level, ratioLevels)
  const { logprobs, oldLogprobs } = inputs
  const { tokens, mask } = tokensOf('importanceRatios', { logprobs, oldLogprobs }, inputs.mask)
  const ratios = ratioOf(logRatiosAt[level](sub(tokens.logprobs, tokens.oldLogprobs), mask))
  return determined('importanceRatios', where(mask, ratios, 0), tokens)
}
