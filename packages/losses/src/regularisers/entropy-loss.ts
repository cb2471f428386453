import {
  equal,
  exp,
  expandDims,
  logSoftmax,
  mul,
  neg,
  reduceMax,
  reduceSum,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, maskOf } from '../batch'
import { settled } from '../determined'
import { requireNames } from '../loss-error'
import { maskedMean, type TokenLoss } from '../tokens'

/** Options of {@link entropyLoss}. */
export interface EntropyLossOptions {
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
}

/**
 * Entropy bonus as a loss, per step: ℓ = −H = Σ_v π(v)·log π(v) ≤ 0 of next-token logits. Added to a policy loss with a
 * small weight, it keeps the policy from becoming deterministic too early. A token that π never takes adds 0. `entropy`
 * is the mean of H.
 *
 * Source: 1602.01783. Proven against verl 0.9.1 (`entropy_from_logits`).
 *
 * @param logits `[B, T, V]`.
 * @throws LossError `SHAPE_MISMATCH` unless `[B, T, V]`; `EMPTY`; `INVALID_OPTION`; `INDETERMINATE` for rows of
 *   infinite logits.
 */
export function entropyLoss(logits: TensorLike, options: EntropyLossOptions = {}): TokenLoss<'entropy'> {
  requireNames('entropyLoss', options, { mask: true })
  const { logits: z } = batchOf('entropyLoss', { logits }, ['B', 'T', 'V'])
  const kept = maskOf('entropyLoss', 'mask', options.mask, reduceMax(z, { axis: 2 }))
  const counted = where(expandDims(kept, 2), z, 0)
  const logp = logSoftmax(counted)
  const never = equal(exp(logp), 0)
  const negative = reduceSum(mul(exp(logp), where(never, 0, logp)), { axis: 2 })
  const losses = where(kept, negative, 0)
  const metrics = { entropy: maskedMean(neg(losses), kept) }
  return settled('entropyLoss', { losses, metrics }, { logits: counted })
}
