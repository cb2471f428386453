import {
  abs,
  add,
  any,
  argSort,
  cast,
  floor,
  less,
  logicalAnd,
  logicalNot,
  maximum,
  mul,
  reduceSum,
  reshape,
  stopGradient,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { maskedMean } from '../tokens'

/**
 * Each token's part of the covariance of advantages and log-probabilities over the batch, (A − Ā)(log π − mean of log
 * π), `[B, T]`, without gradient: tokens with a large one make the entropy fall (2505.22617).
 */
export function tokenCovariance(tokens: Record<'logprobs' | 'advantages' | 'mask', Tensor>): Tensor {
  const centred = (x: Tensor): Tensor => sub(x, maskedMean(x, tokens.mask))
  return stopGradient(mul(centred(tokens.advantages), centred(tokens.logprobs)))
}

/**
 * The surrogate, `[B, T]`, or NaN at every kept token where a covariance is not finite: the tokens with the largest one
 * are then not determined, and which losses are right is not either.
 */
export function whereOrdered(surrogate: Tensor, covariance: Tensor, mask: Tensor): Tensor {
  const unordered = logicalAnd(mask, logicalNot(less(abs(covariance), Number.POSITIVE_INFINITY)))
  return add(surrogate, where(logicalAnd(mask, any(unordered)), Number.NaN, 0))
}

/** A share of the tokens of the batch as a whole number of them, at least 1. */
export const countOf = (share: number, mask: Tensor, like: Tensor): Tensor =>
  maximum(floor(mul(share, reduceSum(cast(mask, like.dtype)))), 1)

/**
 * Whether each is among the `count` candidates with the largest scores of the batch, `[B, T]`; of equals the first are.
 */
export function largestTokens(scores: Tensor, candidates: Tensor, count: Tensor): Tensor {
  const flat = reshape(where(candidates, scores, Number.NEGATIVE_INFINITY), [-1])
  const rank = argSort(argSort(flat, 0, { descending: true }), 0)
  return logicalAnd(candidates, reshape(less(cast(rank, count.dtype), count), scores.shape))
}
