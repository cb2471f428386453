import {
  equal,
  logicalAnd,
  type OptionNames,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { REQUIRED, requireInputs } from '../loss-error'
import { tokensOf } from '../tokens'

/** The same tokens, scored by the trainer and by the engine that sampled them. */
export interface RolloutInputs {
  /**
   * log π of the tokens, `[B, T]`, in the trainer: of the policy before its update (π_old of the losses), or of the
   * policy itself when the trainer does not compute π_old.
   */
  logprobs: TensorLike
  /** log μ of the tokens, `[B, T]`, in the engine that sampled them. NaN where it has none: the ratio there is 1. */
  rolloutLogprobs: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** The inputs as constant `[B, T]` tensors, 0 where masked. */
export interface RolloutTokens {
  readonly logprobs: Tensor
  /** log π where the engine gave no log μ. */
  readonly rolloutLogprobs: Tensor
  /** log π − log μ, likewise 0. */
  readonly logRatio: Tensor
  readonly mask: Tensor
  /** The kept tokens for which the engine gave log μ. */
  readonly scored: Tensor
}

/** The names of {@link RolloutInputs}. */
export const rolloutInputs: OptionNames<RolloutInputs> = {
  logprobs: REQUIRED,
  rolloutLogprobs: REQUIRED,
  mask: true,
}

/**
 * The inputs that all functions of rollouts have; `names` are all the inputs of this one.
 * @throws LossError `INVALID_OPTION` for an unknown input; `MISSING_INPUT`, `SHAPE_MISMATCH`, `EMPTY`.
 */
export function rolloutTokensOf(
  loss: string,
  inputs: RolloutInputs,
  names: OptionNames<RolloutInputs> = rolloutInputs,
): RolloutTokens {
  requireInputs(loss, inputs, names)
  const { logprobs, rolloutLogprobs } = inputs
  const { tokens, mask } = tokensOf(loss, { logprobs, rolloutLogprobs }, inputs.mask)
  const [trained, sampled] = [stopGradient(tokens.logprobs), stopGradient(tokens.rolloutLogprobs)]
  const scored = logicalAnd(mask, equal(sampled, sampled))
  return {
    logprobs: trained,
    rolloutLogprobs: where(scored, sampled, trained),
    logRatio: where(scored, sub(trained, sampled), 0),
    mask,
    scored,
  }
}
