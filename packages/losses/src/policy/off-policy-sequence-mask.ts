import {
  greaterEqual,
  lessEqual,
  logicalAnd,
  logicalOr,
  neg,
  type OptionNames,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { floats } from '../batch'
import { determined } from '../determined'
import { REQUIRED, requireInputs, requireNames, requireNonNegative } from '../loss-error'
import { perToken } from '../tokens'
import { logRatiosAt } from './ratio-levels'
import { type RolloutInputs, rolloutInputs, rolloutTokensOf } from './rollout-inputs'

/** Inputs of {@link offPolicySequenceMask}. */
export interface OffPolicySequenceMaskInputs extends RolloutInputs {
  /** A, `[B, T]` per token or `[B]` per sequence. */
  advantages: TensorLike
}

/** Options of {@link offPolicySequenceMask}. */
export interface OffPolicySequenceMaskOptions {
  /** δ ≥ 0, in nats per token: how far a bad sequence may be from the policy. There is no default, as in TRL. */
  threshold: number
}

const knownInputs: OptionNames<OffPolicySequenceMaskInputs> = { ...rolloutInputs, advantages: REQUIRED }

/**
 * Which tokens to learn from: all but those with A < 0 in a sequence that the policy has moved away from, that is,
 * whose mean of log μ/π over tokens is above δ. Bad samples that the policy would no longer draw make off-policy
 * training unstable. Where the engine gave no log μ, log μ/π counts as 0. As `mask` of a loss it leaves tokens out of
 * the reduction; as a factor of its weights it only takes their gradient, as TRL does.
 *
 * Source: 2512.02556 (DeepSeek-V3.2), "Off-Policy Sequence Masking". Proven against TRL 1.16.0 (`get_off_policy_mask`).
 *
 * @returns `[B, T]`, of booleans; false where masked.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function offPolicySequenceMask(
  inputs: OffPolicySequenceMaskInputs,
  options: OffPolicySequenceMaskOptions,
): Tensor {
  requireNames('offPolicySequenceMask', options, { threshold: true })
  requireNonNegative('offPolicySequenceMask', 'threshold', options.threshold)
  requireInputs('offPolicySequenceMask', inputs, knownInputs)
  const { logprobs, rolloutLogprobs, advantages: given } = inputs
  const numbers = floats('offPolicySequenceMask', { logprobs, rolloutLogprobs, advantages: given })
  const tokens = rolloutTokensOf('offPolicySequenceMask', { ...inputs, ...numbers }, knownInputs)
  const like = { mask: tokens.mask, dtype: tokens.logprobs.dtype }
  const advantages = perToken('offPolicySequenceMask', 'advantages', numbers.advantages, like)
  const away = determined(
    'offPolicySequenceMask',
    neg(logRatiosAt['sequence-mean'](tokens.logRatio, tokens.mask)),
    {
      logprobs: tokens.logprobs,
      rolloutLogprobs: tokens.rolloutLogprobs,
    },
  )
  const near = lessEqual(away, options.threshold)
  return logicalAnd(tokens.mask, logicalOr(greaterEqual(advantages, 0), near))
}
