import {
  broadcastTo,
  cast,
  cumsum,
  type DType,
  div,
  equal,
  expandDims,
  greater,
  logicalAnd,
  maximum,
  reduceSum,
  type Tensor,
  type TensorLike,
  where,
} from '@prefkit/tensor'
import { batchOf, maskOf, tensorOf } from './batch'
import { LossError } from './loss-error'

/** What a loss over the tokens of sequences returns. */
export interface TokenLoss<Metric extends string = string> {
  /** `[B, T]`: the loss of each token, not reduced; 0 where masked. See `tokenMean` and the other reductions. */
  readonly losses: Tensor
  /** Scalars over the batch, under TRL's names; a mean over no tokens is 0. */
  readonly metrics: Readonly<Record<Metric, Tensor>>
}

/**
 * Named inputs `[B, T]` of one dtype, 0 where masked, with the mask as booleans (all true when not given).
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `MISSING_INPUT`, `INVALID_OPTION`.
 */
export function tokensOf<Name extends string>(
  loss: string,
  inputs: Readonly<Record<Name, TensorLike>>,
  mask: TensorLike | undefined,
): { tokens: Record<Name, Tensor>; mask: Tensor } {
  const given = batchOf(loss, inputs, ['B', 'T'])
  const names = Object.keys(given) as Name[]
  const kept = maskOf(loss, 'mask', mask, given[names[0]!])
  const tokens = names.map((name) => [name, where(kept, given[name], 0)])
  return { tokens: Object.fromEntries(tokens) as Record<Name, Tensor>, mask: kept }
}

/**
 * One number per sequence, `[B]` or `[B, 1]`, or one per token, `[B, T]`: as `[B, T]`, 0 where masked.
 * @throws LossError `SHAPE_MISMATCH`; `INVALID_OPTION` for elements that are no numbers.
 */
export function perToken(
  loss: string,
  name: string,
  value: TensorLike,
  { mask, dtype }: { mask: Tensor; dtype: DType },
): Tensor {
  const x = cast(tensorOf(loss, name, value, dtype), dtype)
  const given = x.rank === 1 ? expandDims(x, 1) : x
  // Symbolic dimensions of one name are equal, though not one object.
  const [batch, tokens] = given.shape.map(String)
  const [rows, columns] = mask.shape.map(String)
  if (given.rank !== 2 || batch !== rows || (tokens !== '1' && tokens !== columns)) {
    const got = `[${x.shape}]`
    throw new LossError(
      'SHAPE_MISMATCH',
      `${loss}: ${name} must be [B, T] or [B] of [${mask.shape}], got ${got}`,
    )
  }
  return where(mask, broadcastTo(given, mask.shape), 0)
}

/** Whether each is the last kept token of its sequence, `[B, T]`. */
export function lastToken(mask: Tensor): Tensor {
  const kept = cast(mask, 'i32')
  return logicalAnd(mask, equal(cumsum(kept, 1), reduceSum(kept, { axis: 1, keepDims: true })))
}

/** How many tokens each sequence keeps, `[B]`. */
export const tokenCounts = (mask: Tensor, like: Tensor): Tensor =>
  reduceSum(cast(mask, like.dtype), { axis: 1 })

/** How many elements the mask keeps: of `[B, T]` by way of {@link tokenCounts}, which most metrics need anyway. */
export const tokenCount = (mask: Tensor, like: Tensor): Tensor =>
  reduceSum(mask.rank === 2 ? tokenCounts(mask, like) : cast(mask, like.dtype))

/** Mean of x where the mask keeps it, over all axes; 0 when it keeps nothing. */
export const maskedMean = (x: Tensor, mask: Tensor): Tensor =>
  div(reduceSum(where(mask, x, 0)), maximum(tokenCount(mask, x), 1))

/** Mean over the tokens of each sequence, `[B]`; 0 for a sequence without any. */
export const sequenceMean = (x: Tensor, mask: Tensor): Tensor =>
  div(reduceSum(where(mask, x, 0), { axis: 1 }), maximum(tokenCounts(mask, x), 1))

/** Mean of one number per sequence, `[B]`, over the sequences that have tokens; 0 when none has. */
export function meanOfSequences(x: Tensor, mask: Tensor): Tensor {
  const filled = greater(tokenCounts(mask, x), 0)
  return div(reduceSum(where(filled, x, 0)), maximum(reduceSum(cast(filled, x.dtype)), 1))
}
