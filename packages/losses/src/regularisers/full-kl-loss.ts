import {
  equal,
  exp,
  expandDims,
  logSoftmax,
  mul,
  reduceMax,
  reduceSum,
  sub,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, maskOf } from '../batch'
import { settled } from '../determined'
import { requireInputs } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'

/** Inputs of {@link fullKlLoss}. */
export interface FullKlInputs {
  /** Next-token logits (or log-probabilities) of π, `[B, T, V]`. */
  logits: TensorLike
  /** The same of π_ref. */
  refLogits: TensorLike
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/**
 * KL(π ‖ π_ref) = Σ_v π(v)·(log π(v) − log π_ref(v)) of each step, over the whole vocabulary: the value that the
 * estimators of `klLoss` estimate from one token. A token that π never takes adds 0. `kl` is the mean over tokens.
 *
 * verl names it `full` but does not implement it.
 *
 * Source: Kullback & Leibler 1951. Proven against PyTorch 2.15.0 (`kl_div`).
 *
 * @throws LossError `SHAPE_MISMATCH` unless both are `[B, T, V]`; `EMPTY`; `INVALID_OPTION` for an unknown
 *   input; `INDETERMINATE` for rows of infinite logits.
 */
export function fullKlLoss(inputs: FullKlInputs): TokenLoss<'kl'> {
  requireInputs('fullKlLoss', inputs, { logits: true, refLogits: true, mask: true })
  const { logits, refLogits, mask } = inputs
  const given = batchOf('fullKlLoss', { logits, refLogits }, ['B', 'T', 'V'])
  const kept = maskOf('fullKlLoss', 'mask', mask, reduceMax(given.logits, { axis: 2 }))
  const wide = expandDims(kept, 2)
  const counted = { logits: where(wide, given.logits, 0), refLogits: where(wide, given.refLogits, 0) }
  const [p, q] = [logSoftmax(counted.logits), logSoftmax(counted.refLogits)]
  const never = equal(exp(p), 0)
  const terms = mul(exp(p), sub(where(never, 0, p), where(never, 0, q)))
  const losses = reduceSum(terms, { axis: 2 })
  return settled('fullKlLoss', { losses, metrics: { kl: maskedMean(losses, kept) } }, counted)
}
