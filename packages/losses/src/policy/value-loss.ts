import {
  add,
  cast,
  greater,
  maximum,
  minimum,
  mul,
  sub,
  type Tensor,
  type TensorLike,
  zerosLike,
} from '@prefkit/tensor'
import { settled } from '../determined'
import { huber } from '../huber'
import { LossError, requireChoice, requireInputs, requireNames, requirePositive } from '../loss-error'
import { requireEffects } from '../option-effects'
import { maskedMean, type TokenLoss, tokensOf } from '../tokens'

/** Inputs of {@link valueLoss}. */
export interface ValueInputs {
  /** V of the tokens, `[B, T]`: what is learnt. */
  values: TensorLike
  /** R of the tokens, `[B, T]`. */
  returns: TensorLike
  /** V when the tokens were drawn, `[B, T]`: what the clip is around. */
  oldValues?: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/** Options of {@link valueLoss}. */
export interface ValueLossOptions {
  /**
   * ε > 0, in units of returns: how far a value may move with a gradient. Default: no clip; that of TRL's trainer is
   * 0.2, of verl's and OpenRLHF's 0.5.
   */
  clipEpsilon?: number
  /** `squared`: ½e²; `huber`: ½e² for |e| ≤ δ, else δ(|e| − ½δ). Default: `squared`. */
  distance?: 'squared' | 'huber'
  /** δ > 0, only for `huber`. Default: 1. */
  delta?: number
}

const distances = {
  squared: (error: Tensor) => mul(0.5, mul(error, error)),
  huber,
}

/**
 * Loss of a value model, per token, e = V − R: ½e², and with a clip max(½(V − R)², ½(clip(V, V_old ± ε) − R)²), which
 * removes the gradient of values that have moved away by more than ε. OpenRLHF, TRL and verl put the ½ outside of their
 * reduction.
 *
 * `val/clipfrac_avg` is the share of tokens whose clipped term is the larger, 0 without a clip.
 *
 * Source: 1707.06347; 2005.12729 (the clip). Proven against verl 0.9.1 (`compute_value_loss`), OpenRLHF 0.11.2
 * (`ValueLoss`), TRL 0.23.1 (`PPOTrainer.train`), PyTorch 2.15.0 (`huber_loss`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` for a clip without `oldValues`;
 *   `INDETERMINATE` where infinite values meet.
 */
export function valueLoss(
  inputs: ValueInputs,
  options: ValueLossOptions = {},
): TokenLoss<'val/clipfrac_avg'> {
  requireNames('valueLoss', options, { clipEpsilon: true, distance: true, delta: true })
  requireInputs('valueLoss', inputs, { values: true, returns: true, oldValues: true, mask: true })
  const { clipEpsilon } = options
  const { distance, delta } = distanceOf(options)
  const { values, returns, oldValues = values } = inputs
  const { tokens, mask } = tokensOf('valueLoss', { values, returns, oldValues }, inputs.mask)
  const free = distances[distance](sub(tokens.values, tokens.returns), delta)
  if (clipEpsilon === undefined) {
    const metrics = { 'val/clipfrac_avg': maskedMean(zerosLike(free), mask) }
    return settled('valueLoss', { losses: free, metrics }, tokens)
  }
  requirePositive('valueLoss', 'clipEpsilon', clipEpsilon)
  if (inputs.oldValues === undefined) {
    throw new LossError('MISSING_INPUT', 'valueLoss: clipEpsilon needs oldValues: expected [B, T], got none')
  }
  const [low, high] = [sub(tokens.oldValues, clipEpsilon), add(tokens.oldValues, clipEpsilon)]
  const held = maximum(minimum(tokens.values, high), low)
  const clipped = distances[distance](sub(held, tokens.returns), delta)
  const metrics = { 'val/clipfrac_avg': maskedMean(cast(greater(clipped, free), free.dtype), mask) }
  return settled('valueLoss', { losses: maximum(free, clipped), metrics }, tokens)
}

function distanceOf(options: ValueLossOptions) {
  const { distance = 'squared', delta = 1 } = options
  requireChoice('valueLoss', 'distance', distance, Object.keys(distances))
  requireEffects('valueLoss', options, {
    delta: { preset: 1, counts: distance === 'huber', only: "distance: 'huber'" },
  })
  requirePositive('valueLoss', 'delta', delta)
  return { distance, delta }
}
