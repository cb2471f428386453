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
import { determined } from '../determined'
import { requireInputs, requireNames, requireNonNegative } from '../loss-error'
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
   * What holds the policy by its reference. `paper`: the log-ratio of the completion times the gradient of its
   * log-probability, whose mean is the gradient of the divergence. `trl`: the log-ratio of each token times the
   * gradient of its own alone, which ignores what a token does to those after it. Default: `paper`.
   */
  convention?: Convention<'nashMdLoss'>
}

/** What TRL's Nash-MD trainer logs. */
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
 * both summed over tokens; under the convention `trl`, β·Σ_t sg[x_t]·log π_t − (p − ½)·log π. Its value means
 * nothing, its gradient is what is descended.
 *
 * `loss/score` is the mean of (p − ½)·log π, `loss/kl` and `rewards/margins` that of x, `rewards/accuracies` the
 * share of x > 0; `logps/chosen` and `logps/rejected` are the means of log π and log π_ref, `objective/entropy` that
 * of −log π, `rewards/probabilities` that of p.
 *
 * Source: 2312.00886 (Nash-MD-PG). Proven against TRL 0.29.0 (`NashMDTrainer._compute_losses`), the last release that
 * has it, and for `paper` against the exact gradient of β·KL(π ‖ π_ref) − p.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function nashMdLoss(inputs: NashMdInputs, options: NashMdLossOptions = {}): PairLoss<NashMdMetric> {
  requireNames('nashMdLoss', options, { beta: true, convention: true })
  const { beta = 0.1 } = options
  const convention = conventionOf('nashMdLoss', options)
  requireNonNegative('nashMdLoss', 'beta', beta)
  requireInputs('nashMdLoss', inputs, { logprobs: true, refLogprobs: true, preference: true, mask: true })
  const { preference, ...given } = floats({
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
  return {
    losses: determined('nashMdLoss', losses, { ...tokens, preference }),
    metrics: {
      'loss/score': mean(score),
      'loss/kl': mean(ratios),
      'logps/chosen': mean(logprobs),
      'logps/rejected': mean(sumOf(tokens.refLogprobs)),
      'rewards/probabilities': mean(preference),
      'rewards/margins': mean(ratios),
      'rewards/accuracies': mean(cast(greater(ratios, 0), ratios.dtype)),
      'objective/entropy': mean(neg(logprobs)),
    },
  }
}

/** Sum over the tokens of each sequence, `[B]`. */
const sumOf = (x: Tensor): Tensor => reduceSum(x, { axis: 1 })
