import { type OptionNames, stopGradient, type Tensor, type TensorLike } from '@prefkit/tensor'
import { alike } from '../batch'
import { REQUIRED, requireInputs, requireNonNegative, requireShare } from '../loss-error'
import { perToken, tokensOf } from '../tokens'

/** Inputs of policy losses. */
export interface PolicyInputs {
  /** log π of the tokens, `[B, T]`. */
  logprobs: TensorLike
  /** log π_old of the tokens, `[B, T]`: of the policy that drew them. Default: log π, held constant. */
  oldLogprobs?: TensorLike
  /** A: how much better than expected, `[B, T]` per token or `[B]` per sequence. */
  advantages: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
  /**
   * `[B, T]` or `[B]`: weights of the losses, such as those of `rolloutWeights` for tokens that another engine sampled.
   * Default: 1.
   */
  weights?: TensorLike
}

/** Half-widths of the interval [1 − ε, 1 + ε_high] in which a ratio has a gradient. */
export interface ClipOptions {
  /** ε in [0, 1]: below 1. */
  clipEpsilon?: number
  /** ε_high ≥ 0: above 1; larger than ε is clip-higher (DAPO). Default: ε. */
  clipEpsilonHigh?: number
}

/** The inputs as `[B, T]` tensors, 0 where masked. */
export interface PolicyTokens {
  readonly logprobs: Tensor
  readonly oldLogprobs: Tensor
  readonly advantages: Tensor
  readonly mask: Tensor
  readonly weights: Tensor | undefined
}

/** The names of {@link PolicyInputs}. */
export const policyInputs: OptionNames<PolicyInputs> = {
  logprobs: REQUIRED,
  oldLogprobs: true,
  advantages: REQUIRED,
  mask: true,
  weights: true,
}

/**
 * The inputs that all policy losses have; `names` are all the inputs of this one.
 * @throws LossError `INVALID_OPTION` for an unknown input; `MISSING_INPUT`, `SHAPE_MISMATCH`, `EMPTY`.
 */
export function policyTokensOf(
  loss: string,
  inputs: PolicyInputs,
  names: OptionNames<PolicyInputs> = policyInputs,
): PolicyTokens {
  requireInputs(loss, inputs, names)
  const { advantages, oldLogprobs, weights } = inputs
  const given = alike(
    { logprobs: inputs.logprobs, oldLogprobs, advantages, weights },
    loss,
  ) as typeof inputs & {
    logprobs: Tensor
  }
  const old = given.oldLogprobs ?? stopGradient(given.logprobs)
  const { tokens, mask } = tokensOf(loss, { logprobs: given.logprobs, oldLogprobs: old }, inputs.mask)
  const like = { mask, dtype: given.logprobs.dtype }
  return {
    ...tokens,
    mask,
    advantages: perToken(loss, 'advantages', given.advantages, like),
    weights: weights === undefined ? undefined : perToken(loss, 'weights', given.weights as Tensor, like),
  }
}

/** [1 − ε, 1 + ε_high]. @throws LossError `INVALID_OPTION`. */
export function clipBounds(loss: string, low: number, high: number): readonly [number, number] {
  requireShare(loss, 'clipEpsilon', low)
  requireNonNegative(loss, 'clipEpsilonHigh', high)
  return [1 - low, 1 + high]
}
