import { add, clip, mul, neg, sigmoid, softplus, sub, type Tensor, type TensorLike } from '@prefkit/tensor'
import { batchOf } from '../batch'
import { settled } from '../determined'
import { REQUIRED, requireChoice, requireInputs, requireNames, requirePositive } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import { type ImplicitRewardMetric, implicitRewardMetrics } from './preference-metrics'

/** How far the policy's margin is from the rewards'. */
export type RpoDistance = 'forward-kl' | 'backward-kl' | 'squared'

/** Inputs of {@link rpoLoss}. */
export interface RpoInputs {
  /** log π − log π_ref of the chosen completion, summed over its tokens, `[B]`. */
  chosenLogRatios: TensorLike
  /** The same of the rejected one. */
  rejectedLogRatios: TensorLike
  /** How much better a reward model or a person finds the chosen completion, r*_c − r*_r, `[B]`. */
  rewardMargins: TensorLike
}

/** Options of {@link rpoLoss}. */
export interface RpoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
  /** η > 0: scale of the rewards. Default: 1. */
  eta?: number
  /** Which of the distances below. Default: `forward-kl`. */
  distance?: RpoDistance
}

/** KL of two Bernoulli distributions given by the logits of their parameters: σ(a)(log σ(a) − log σ(b)) + σ(−a)(…). */
function bernoulliKl(logit: Tensor, b: Tensor): Tensor {
  // Beyond 10⁴ σ is 0 or 1 in double precision; holding it there keeps 0·∞ away.
  const a = clip(logit, -1e4, 1e4)
  return add(
    mul(sigmoid(a), sub(softplus(neg(b)), softplus(neg(a)))),
    mul(sigmoid(neg(a)), sub(softplus(b), softplus(a))),
  )
}

const distances: Record<RpoDistance, (margin: Tensor, target: Tensor) => Tensor> = {
  'forward-kl': (margin, target) => bernoulliKl(target, margin),
  'backward-kl': (margin, target) => bernoulliKl(margin, target),
  squared: (margin, target) => mul(sub(margin, target), sub(margin, target)),
}

/**
 * Reward-aware preference optimisation, per pair: the distance of the policy's margin m = β(c − r), of log-ratios, from
 * the rewards' margin t = η·r*. With σ(m) and σ(t) as probabilities: `forward-kl`: KL(σ(t) ‖ σ(m)); `backward-kl`:
 * KL(σ(m) ‖ σ(t)); `squared`: (m − t)². 0 where the policy prefers as strongly as the rewards do: the probability of a
 * good rejected completion is not pushed down. The RPO that adds the log-likelihood is `dpoLoss` with `{ sigmoid: 1,
 * sft: α }`.
 *
 * `rewards/*` are of β times the log-ratios.
 *
 * Source: 2406.11704 (Nemotron-4), reward-aware preference optimisation; 2502.00203. Proven against its equation.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinities meet.
 */
export function rpoLoss(inputs: RpoInputs, options: RpoLossOptions = {}): PairLoss<ImplicitRewardMetric> {
  requireNames('rpoLoss', options, { beta: true, eta: true, distance: true })
  const { beta = 0.1, eta = 1, distance = 'forward-kl' } = options
  requirePositive('rpoLoss', 'beta', beta)
  requirePositive('rpoLoss', 'eta', eta)
  requireChoice('rpoLoss', 'distance', distance, Object.keys(distances))
  requireInputs('rpoLoss', inputs, inputNames)
  const given = batchOf('rpoLoss', {
    chosenLogRatios: inputs.chosenLogRatios,
    rejectedLogRatios: inputs.rejectedLogRatios,
    rewardMargins: inputs.rewardMargins,
  })
  const margin = mul(beta, sub(given.chosenLogRatios, given.rejectedLogRatios))
  const losses = distances[distance](margin, mul(eta, given.rewardMargins))
  const rewards = [mul(beta, given.chosenLogRatios), mul(beta, given.rejectedLogRatios)] as const
  return settled('rpoLoss', { losses, metrics: implicitRewardMetrics(...rewards) }, given)
}

const inputNames = { chosenLogRatios: REQUIRED, rejectedLogRatios: REQUIRED, rewardMargins: REQUIRED }
