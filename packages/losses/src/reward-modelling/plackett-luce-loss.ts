import {
  any,
  cast,
  cumsum,
  div,
  equal,
  expandDims,
  greater,
  iota,
  less,
  logicalAnd,
  logSumExp,
  maximum,
  reduceMax,
  reduceMin,
  reduceSum,
  sub,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, maskOf } from '../batch'
import { settled } from '../determined'
import { requireNames, requireWithin } from '../loss-error'
import type { PairLoss } from '../pair-loss'

/** Options of {@link plackettLuceLoss}. */
export interface PlackettLuceLossOptions {
  /** `[B, K]`, 1 = keep: responses with 0 are ignored, wherever they are in the list. Default: all. */
  mask?: TensorLike
  /** How many of the first choices count, a whole number of at least 1: 1 is best against the rest. Default: all. */
  top?: number
}

/**
 * Plackett–Luce listwise loss, per list ranked best first: the first response wins against all, the second against
 * those left, and so on. ℓ = −Σ_k log(e^(r_k) / Σ_(j ≥ k) e^(r_j)); for two responses, Bradley–Terry. The loss of a
 * list with fewer than two kept responses is 0.
 *
 * `accuracy` is the share of the pairs of a list, over all lists, that the rewards order strictly as the ranking does
 * (0 when there are no pairs); `min_reward` and `max_reward` are of the kept rewards, 0 when there are none.
 *
 * Source: Plackett 1975; Xia et al. 2008 (ListMLE). Proven against its equation, choice by
 * choice as log-softmaxes, with PyTorch's gradients.
 *
 * @param rewards `[B, K]`, real numbers, column 0 for the best response.
 * @throws LossError `SHAPE_MISMATCH` unless `[B, K]` (and the mask too); `EMPTY` for no lists; `INVALID_OPTION` for
 *   options that are unknown or out of range; `INDETERMINATE` where infinite rewards meet.
 */
export function plackettLuceLoss(
  rewards: TensorLike,
  options: PlackettLuceLossOptions = {},
): PairLoss<'accuracy' | 'min_reward' | 'max_reward'> {
  requireNames('plackettLuceLoss', options, { mask: true, top: true })
  const { mask, top = Number.POSITIVE_INFINITY } = options
  if (top !== Number.POSITIVE_INFINITY) {
    requireWithin('plackettLuceLoss', 'top', top, { from: 1, whole: true })
  }
  const { rewards: r } = batchOf('plackettLuceLoss', { rewards }, ['B', 'K'])
  const kept = maskOf('plackettLuceLoss', 'mask', mask, r)
  const { losses, above, pairs } = choicesOf(r, kept, top)
  const right = cast(logicalAnd(pairs, less(above, 0)), r.dtype)
  const some = any(kept)
  const metrics = {
    accuracy: div(reduceSum(right), maximum(reduceSum(cast(pairs, r.dtype)), 1)),
    min_reward: where(some, reduceMin(where(kept, r, Number.POSITIVE_INFINITY)), 0),
    max_reward: where(some, reduceMax(where(kept, r, Number.NEGATIVE_INFINITY)), 0),
  }
  return settled('plackettLuceLoss', { losses, metrics }, { rewards: where(kept, r, 0) })
}

/**
 * `losses` `[B]`; `above` `[B, K, K]`, how far each response (last axis) is above the one chosen (middle axis); `pairs`
 * `[B, K, K]`, which of them are a kept response and a kept one ranked after it.
 */
function choicesOf(rewards: Tensor, kept: Tensor, top: number): Record<'losses' | 'above' | 'pairs', Tensor> {
  const places = iota(rewards.shape[1]!)
  const after = greater(expandDims(places, 0), expandDims(places, 1))
  const pairs = logicalAnd(logicalAnd(after, expandDims(kept, 1)), expandDims(kept, 2))
  const value = where(kept, rewards, 0)
  const above = sub(expandDims(value, 1), expandDims(value, 2))
  const before = sub(cumsum(cast(kept, 'i32'), 1), 1)
  const counted = Number.isFinite(top) ? logicalAnd(kept, less(before, top)) : kept
  const left = where(logicalAnd(pairs, expandDims(counted, 2)), above, Number.NEGATIVE_INFINITY)
  // The one chosen is left, too: the 0 in log(1 + Σ e^above), though its reward may be infinite.
  const itself = equal(expandDims(places, 0), expandDims(places, 1))
  const choice = logSumExp(where(itself, 0, left), { axis: 2 })
  return { losses: reduceSum(where(counted, choice, 0), { axis: 1 }), above, pairs }
}
