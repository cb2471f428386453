import {
  concat,
  equal,
  expandDims,
  greater,
  lessEqual,
  logicalAnd,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import type { PastTokens, TokenBatch } from '../models/batch'

/**
 * Far below any score, and finite: a token that sees nothing, as padding may, gets some average and not NaN, which would
 * spread through the gradients of all others.
 */
const hidden = -1e30

/**
 * What is added to attention's scores: 0 where a token of the batch sees one of the past or of the batch, and about
 * −∞ where it does not. f32 [B, 1, 1, T, C + T].
 * @param window how many tokens back a token sees, itself included; all when `undefined`.
 */
export function attentionMask(batch: TokenBatch, past: PastTokens | undefined, window?: number): Tensor {
  const along = (own: Tensor, before: Tensor | undefined) =>
    expandDims(before ? concat([before, own], 1) : own, 1)
  const keys = {
    positions: along(batch.positions, past?.positions),
    segments: along(batch.segments, past?.segments),
  }
  const queries = { positions: expandDims(batch.positions, 2), segments: expandDims(batch.segments, 2) }
  const before = logicalAnd(
    equal(queries.segments, keys.segments),
    lessEqual(keys.positions, queries.positions),
  )
  const seen =
    window === undefined
      ? before
      : logicalAnd(before, greater(keys.positions, sub(queries.positions, window)))
  return expandDims(expandDims(where(seen, 0, hidden), 1), 1)
}
