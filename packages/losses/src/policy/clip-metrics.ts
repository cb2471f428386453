import {
  add,
  any,
  cast,
  div,
  greater,
  less,
  logicalAnd,
  maximum,
  mean,
  mul,
  reduceMax,
  reduceMin,
  reduceSum,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { tokenCounts } from '../tokens'

/** TRL's metrics of clipping in GRPO: shares of the tokens, or of the sequences when these have one ratio each. */
export type ClipMetric =
  | 'clip_ratio/low_mean'
  | 'clip_ratio/low_min'
  | 'clip_ratio/high_mean'
  | 'clip_ratio/high_max'
  | 'clip_ratio/region_mean'

/** What decides whether a token is clipped, `[B, T]`. */
export interface Clipping {
  readonly ratio: Tensor
  /** 0 where masked, so that no masked token counts as clipped. */
  readonly advantages: Tensor
  readonly mask: Tensor
  readonly bounds: readonly [number, number]
  /** Whether each token has a ratio of its own, or each sequence. */
  readonly level: 'token' | 'sequence'
}

/**
 * Low: ratios under the bound with A < 0; high: ratios over it with A > 0; region: either. `low_min` and `high_max` are
 * the smallest and largest share in a sequence that has tokens; 0 when none has.
 */
export function clipMetrics({
  ratio,
  advantages,
  mask,
  bounds,
  level,
}: Clipping): Record<ClipMetric, Tensor> {
  const counts = tokenCounts(mask, ratio)
  const filled = greater(counts, 0)
  // All metrics are made of these counts of each sequence.
  const count = (flags: Tensor): Tensor => reduceSum(cast(flags, ratio.dtype), { axis: 1 })
  const low = count(logicalAnd(less(ratio, bounds[0]), less(advantages, 0)))
  const high = count(logicalAnd(greater(ratio, bounds[1]), greater(advantages, 0)))
  const shares = (flagged: Tensor): Tensor => div(flagged, maximum(counts, 1))
  const share = (flagged: Tensor): Tensor =>
    level === 'token' ? div(reduceSum(flagged), maximum(reduceSum(counts), 1)) : mean(shares(flagged))
  return {
    'clip_ratio/low_mean': share(low),
    'clip_ratio/low_min': mul(cast(any(filled), ratio.dtype), reduceMin(where(filled, shares(low), 1))),
    'clip_ratio/high_mean': share(high),
    'clip_ratio/high_max': reduceMax(where(filled, shares(high), 0)),
    'clip_ratio/region_mean': share(add(low, high)),
  }
}
