import { mul, neg, softplus, sub, type Tensor, type TensorLike, where } from '@prefkit/tensor'
import { perExample } from '../batch'
import { settled } from '../determined'
import { LossError, requireInputs, requireNames, requirePositive } from '../loss-error'
import type { PairLoss } from '../pair-loss'
import {
  type UnpairedLogprobs,
  type UnpairedMetric,
  unpairedMetrics,
  unpairedNames,
  unpairedOf,
} from './unpaired'

/** Inputs of {@link bcoLoss}. */
export interface BcoInputs extends UnpairedLogprobs {
  /** δ, a number: the running mean of all rewards βx, kept by the caller. Default: 0. */
  shift?: TensorLike
  /**
   * `[B]` or a number: weight of each completion. In TRL desirable ones have 1, and undesirable ones the
   * clipped odds p/(1 − p + 1e-8) that their prompt is one of a desirable completion. Default: 1.
   */
  weights?: TensorLike
}

/** Options of {@link bcoLoss}. */
export interface BcoLossOptions {
  /** β > 0. Default: 0.1. */
  beta?: number
}

/**
 * Binary classifier optimisation, per completion, x = log π − log π_ref of its sum over tokens:
 * w·(−log σ(βx − δ)) if desirable, else w·(−log σ(δ − βx)).
 *
 * `rewards/*` are the means of βx over desirable (`chosen`) and undesirable (`rejected`) completions, 0 where there are
 * none; `delta` is δ.
 *
 * Source: 2404.04656. Proven against TRL 0.29.0 (`BCOTrainer.bco_loss`), the last release that has it.
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `INDETERMINATE` where infinite log-probabilities meet.
 */
export function bcoLoss(inputs: BcoInputs, options: BcoLossOptions = {}): PairLoss<UnpairedMetric | 'delta'> {
  requireNames('bcoLoss', options, { beta: true })
  const { beta = 0.1 } = options
  requirePositive('bcoLoss', 'beta', beta)
  requireInputs('bcoLoss', inputs, { ...unpairedNames, shift: true, weights: true })
  const { shift = 0, weights = 1, ...completions } = inputs
  const { logprobs, tokens, ratios, desirable } = unpairedOf('bcoLoss', completions)
  const delta = shiftOf(shift, ratios)
  const rewards = mul(beta, ratios)
  const logit = sub(rewards, delta)
  const each = softplus(where(desirable, neg(logit), logit))
  const weight = perExample('bcoLoss', 'weights', weights, ratios)
  const losses = weights === 1 ? each : mul(weight, each)
  const metrics = { ...unpairedMetrics(rewards, logprobs, desirable), delta }
  return settled('bcoLoss', { losses, metrics }, { ...tokens, shift: delta, weights: weight })
}

/** @throws LossError `SHAPE_MISMATCH` unless it is one number. */
function shiftOf(shift: TensorLike, like: Tensor): Tensor {
  const delta = perExample('bcoLoss', 'shift', shift, like)
  if (delta.rank === 0) return delta
  throw new LossError('SHAPE_MISMATCH', `bcoLoss: shift must be a number, got [${delta.shape}]`)
}
