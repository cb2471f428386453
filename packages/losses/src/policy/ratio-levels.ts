import {
  add,
  broadcastTo,
  clip,
  equal,
  exp,
  expandDims,
  minimum,
  reduceSum,
  stopGradient,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { sequenceMean } from '../tokens'

/**
 * Level of an importance ratio, TRL's "importance sampling level": the `token`; the `sequence`, the product over its
 * tokens; `sequence-mean`, the geometric mean of its tokens' ratios (GSPO), which TRL calls `sequence`; or
 * `sequence-token`, that value with the gradient of the token's own log π (GSPO-token).
 */
export type RatioLevel = 'token' | 'sequence' | 'sequence-mean' | 'sequence-token'

/** One number per sequence, repeated at each of its tokens. */
export const atTokens = (perSequence: Tensor, like: Tensor): Tensor =>
  broadcastTo(expandDims(perSequence, 1), like.shape)

/** 0 with the gradient of x. */
function gradientOnly(x: Tensor): Tensor {
  const zero = sub(x, stopGradient(x))
  // ∞ − ∞ needs no error here: the mean of x has it.
  return where(equal(zero, zero), zero, 0)
}

/** Log-ratios `[B, T]` at each level, from log-ratios of tokens that are 0 where masked. */
export const logRatiosAt: Readonly<Record<RatioLevel, (x: Tensor, mask: Tensor) => Tensor>> = {
  token: (x) => x,
  sequence: (x) => atTokens(reduceSum(x, { axis: 1 }), x),
  'sequence-mean': (x, mask) => atTokens(sequenceMean(x, mask), x),
  'sequence-token': (x, mask) => add(gradientOnly(x), stopGradient(atTokens(sequenceMean(x, mask), x))),
}

/** The levels, for options that name one. */
export const ratioLevels = Object.keys(logRatiosAt)

/** e⁸⁰ is the largest power that single precision holds with room to multiply. */
const LARGEST_LOG_RATIO = 80

/**
 * ρ = e^x of log-ratios. Those above 80 count as 80, without gradient: an overflowed ratio would make the gradient of a
 * clipped token 0·∞.
 */
export const ratioOf = (logRatio: Tensor): Tensor => exp(minimum(logRatio, LARGEST_LOG_RATIO))

/** Log-ratios within ±20, without gradient beyond, as verl and OpenRLHF bound them. */
export const within20 = (logRatio: Tensor): Tensor => clip(logRatio, -20, 20)
