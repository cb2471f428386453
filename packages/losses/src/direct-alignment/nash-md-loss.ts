import {
  cast,
  greater,
  mean,
  mul,
  neg,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { floats, requireEach } from '../batch'
import { type Convention, conventionOf } from '../conventions'
import { settled } from '../determined'
import { REQUIRED, requireInputs, requireNames, requireNonNegative } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { tokensOf } from '../tokens'
import { requireSameShape } from './completions'

/** Inputs of {@link nashMdLoss}: a completion that the policy itself has just drawn for each prompt. */
export interface NashMdInputs {
  /** log π of its tokens, `[B, T]`. */
  logprobs: TensorLike
  /** The same under the reference policy. */
  refLogprobs: TensorLike
  /**
   * p, `[B]`, in [0, 1]: the probability that it is preferred to a completion of the mixture of the two policies, by
   * a judge, or σ(r − r′) of rewards.
   */
  preference: TensorLike
  /** `[B, T]`, 1 for the tokens of the completion. Default: all of them. */
  mask?: TensorLike
}

/** Options of {@link nashMdLoss}. */
export interface NashMdLossOptions {
  /** β ≥ 0: weight of KL(π ‖ π_ref) (the paper's τ). Default: 0.1. */
  beta?: number
  /**
   * How the policy is kept near its reference. `paper`: the log-ratio of the completion times the gradient of its
   * log-probability, whose mean is the gradient of the divergence. `trl`: the log-ratio of each token times the
   * gradient of its own log-probability, which ignores the effect of a token on later ones. Default: `paper`.
   */
  convention?: Convention<'nashMdLoss'>
}

/** The metrics that TRL's Nash-MD trainer logs. */
export type NashMdMetric =
  | 'loss/score'
  | 'loss/kl'
  | 'logps/chosen'
  | 'logps/rejected'
  | 'rewards/probabilities'
  | 'rewards/margins'
  | 'rewards/accuracies'
  | 'objective/entropy'

/**
 * Nash mirror descent with policy gradients, per completion: β·sg[x]·log π − (p − ½)·log π, x = log π − log π_ref,
 * both summed over tokens; under the convention `trl`, β·Σ_t sg[x_t]·log π_t − (p − ½)·log π. Only its gradient
 * has a meaning, not its value.
 *
 * `loss/score` is the mean of (p − ½)·log π, `loss/kl` and `rewards/margins` that of x, `rewards/accuracies` the
 * share of x > 0; `logps/chosen` and `logps/rejected` are the means of log π and log π_ref, `objective/entropy` that
 * of −log π, `rewards/probabilities` that of p.
 *
 * Source: 2312.00886 (Nash-MD-PG). Proven against TRL 0.29.0 (`NashMDTrainer._compute_losses`), the last release that
 * has it, `paper` against its equation, the exact gradient of β·KL(π ‖ π_ref) − p.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function nashMdLoss(inputs: NashMdInputs, options: NashMdLossOptions = {}): PairLoss<NashMdMetric> {
  requireNames('nashMdLoss', options, { beta: true, convention: true })
  const { beta = 0.1 } = options
  const convention = conventionOf('nashMdLoss', options)
  requireNonNegative('nashMdLoss', 'beta', beta)
  requireInputs('nashMdLoss', inputs, inputNames)
  const { preference, ...given } = floats('nashMdLoss', {
    logprobs: inputs.logprobs,
    refLogprobs: inputs.refLogprobs,
    preference: inputs.preference,
  })
  const { tokens } = tokensOf('nashMdLoss', given, inputs.mask)
  const logprobs = sumOf(tokens.logprobs)
  requireSameShape('nashMdLoss', 'preference', preference, logprobs)
  requireEach('nashMdLoss', 'preference', preference, { from: 0, to: 1 })
  const tokenRatios = stopGradient(sub(tokens.logprobs, tokens.refLogprobs))
  const ratios = sumOf(tokenRatios)
  const held = convention === 'paper' ? mul(ratios, logprobs) : sumOf(mul(tokenRatios, tokens.logprobs))
  const score = mul(sub(preference, 0.5), logprobs)
  const losses = beta === 0 ? neg(score) : sub(mul(beta, held), score)
  const metrics = {
    'loss/score': mean(score),
    'loss/kl': mean(ratios),
    'logps/chosen': mean(logprobs),
    'logps/rejected': mean(sumOf(tokens.refLogprobs)),
    'rewards/probabilities': mean(preference),
    'rewards/margins': mean(ratios),
    'rewards/accuracies': mean(cast(greater(ratios, 0), ratios.dtype)),
    'objective/entropy': mean(neg(logprobs)),
  }
  return settled('nashMdLoss', { losses, metrics }, { ...tokens, preference })
}

const inputNames = { logprobs: REQUIRED, refLogprobs: REQUIRED, preference: REQUIRED, mask: true }

/** Sum over the tokens of each sequence, `[B]`. */
const sumOf = (x: Tensor): Tensor => reduceSum(x, { axis: 1 })
