import type { Flags, Matrix } from '../arrays'
import { checkNames } from '../check-options'
import type { Rewards } from '../rewards'
import { checkFinite, readFlags, readMatrix, readMatrixLike } from '../rows'

/**
 * Estimators of the KL divergence from one log-ratio x = log π − log π_ref: `k1` x, `abs` |x|, `k2` or `mse` ½x², `k3` or
 * `low-variance` e^(−x) − 1 + x.
 */
export type KlEstimator = 'k1' | 'abs' | 'k2' | 'mse' | 'k3' | 'low-variance'

/** An estimate of the KL divergence from one log-ratio. */
export type KlEstimate = (logRatio: number) => number

const k2: KlEstimate = (x) => (x * x) / 2
const k3: KlEstimate = (x) => Math.exp(-x) - 1 + x

/** The estimators, unbounded. */
export const estimators: Readonly<Record<KlEstimator, KlEstimate>> = {
  k1: (x) => x,
  abs: Math.abs,
  k2,
  mse: k2,
  k3,
  'low-variance': k3,
}

/** The inputs of both KL penalties. */
interface PenaltyInput {
  readonly rewards: Rewards
  readonly logprobs: Matrix
  readonly refLogprobs: Matrix
  readonly mask?: Flags
}

/** Reads log-probabilities, and estimates the KL divergence at each kept token; 0 at the others. */
export function readKl(owner: string, input: PenaltyInput, estimate: KlEstimate) {
  checkNames(owner, input, { rewards: true, logprobs: true, refLogprobs: true, mask: true })
  const rows = readMatrix('logprobs', input.logprobs)
  const mask = readFlags('mask', input.mask, rows, 1)
  const where = { where: mask, starts: rows.starts }
  checkFinite('logprobs', rows.data, where)
  const reference = readMatrixLike('refLogprobs', input.refLogprobs, rows)
  checkFinite('refLogprobs', reference, where)
  const kl = rows.data.map((logprob, i) => (mask[i] === 1 ? estimate(logprob - reference[i]!) : 0))
  return { rows, mask, kl }
}
