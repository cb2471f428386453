import type { Flags, Matrix, MatrixLike } from '../arrays'
import { checkNames, checkRange, choose } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { type Numbers, type Rewards, readNumbers } from '../groups/groups'
import {
  checkFinite,
  matrixLike,
  type Rows,
  readFlags,
  readMatrix,
  readMatrixLike,
  readVector,
} from '../rows'

/** Estimators of the KL divergence from one log-ratio x = log π − log π_ref: x, |x|, ½x², e^(−x) − 1 + x. */
export type KlEstimator = 'k1' | 'abs' | 'k2' | 'k3'

/**
 * What bounds the estimate. `trl`: nothing. `verl`: k3's exponent is kept within ±20 and its result at most 10.
 * `openrlhf`: k3's exponent is kept at most 10, and every estimate within ±10.
 */
export type KlConvention = Convention<'klPenalizedRewards'>

type Estimate = (logRatio: number) => number

const clamp = (value: number, bound: number) => Math.min(Math.max(value, -bound), bound)
const k3 = (x: number) => Math.exp(-x) - 1 + x

/** The estimators, unbounded. */
export const estimators: Readonly<Record<KlEstimator, Estimate>> = {
  k1: (x) => x,
  abs: Math.abs,
  k2: (x) => (x * x) / 2,
  k3,
}

const bounded: Readonly<Record<KlConvention, (estimator: KlEstimator) => Estimate>> = {
  trl: (estimator) => estimators[estimator],
  verl: (estimator) => (estimator === 'k3' ? (x) => Math.min(k3(clamp(x, 20)), 10) : estimators[estimator]),
  openrlhf: (estimator) =>
    estimator === 'k3' ? (x) => clamp(k3(Math.max(x, -10)), 10) : (x) => clamp(estimators[estimator](x), 10),
}

/** What {@link klPenalizedRewards} reads. */
export interface KlPenaltyInput<M extends Matrix = Matrix> {
  /** `[B]`, put on the last token with mask 1 of each response; or `[B, T]`, of each token. */
  rewards: Rewards
  /** log π, `[B, T]`: of the tokens under the policy that drew them, in nats. */
  logprobs: M
  /** log π_ref, `[B, T]`: of the tokens under the reference policy. */
  refLogprobs: Matrix
  /** m, `[B, T]`: 1 for the tokens of the policy. Default: 1 everywhere. */
  mask?: Flags
}

/** Options of {@link klPenalizedRewards}. */
export interface KlPenaltyOptions {
  /** β ≥ 0, in units of reward for each nat. Default: 0.05, as in TRL. */
  beta?: number
  /** How the divergence is estimated. Default: `k1`. */
  estimator?: KlEstimator
  /** What bounds the estimate. Default: `verl`. */
  convention?: KlConvention
}

/** One reward for each token: of each response, on its last token that is kept. */
function tokenRewards({ rewards, rows }: Numbers, like: Rows, mask: Uint8Array): Float64Array {
  if (rows !== undefined) return rewards
  const tokens = new Float64Array(mask.length)
  for (let row = 0; row < rewards.length; row++) {
    const start = like.starts[row]!
    const last = mask.subarray(start, like.starts[row + 1]).lastIndexOf(1)
    if (last !== -1) tokens[start + last] = rewards[row]!
  }
  return tokens
}

/** Reads rewards of responses or of tokens, laid out as the log-probabilities. */
function readRewards(given: Rewards, like: Rows, mask: Uint8Array): Float64Array {
  const numbers = readNumbers('rewards', given)
  if (numbers.rows !== undefined) {
    const data = readMatrixLike('rewards', given as Matrix, like)
    checkFinite('rewards', data, { where: mask, starts: like.starts })
    return data
  }
  checkFinite('rewards', readVector('rewards', numbers.rewards, like.starts.length - 1))
  return tokenRewards(numbers, like, mask)
}

/** Reads log-probabilities, and estimates the KL divergence at each kept token; 0 at the others. */
export function readKl(owner: string, input: KlPenaltyInput, estimate: Estimate) {
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

/**
 * Rewards of tokens with their KL penalty: r_t − β·k(log π − log π_ref), and the estimates themselves.
 *
 * Both are 0 where the mask is 0, which is never read; a response masked throughout loses its reward. The log-ratio of
 * a kept token must be finite.
 *
 * TRL puts the reward one token after the last; here it is on the last.
 *
 * Source: 1909.08593, the reward with its KL penalty; Schulman 2020, "Approximating KL divergence". Proven against
 * verl 0.9.1 (`apply_kl_penalty`), OpenRLHF 0.11.2 (`compute_approx_kl`, `compute_reward`), TRL 0.23.1
 * (`ppo_trainer.py`).
 *
 * @returns `rewards` and `kl`, `[B, T]`, in the form of `logprobs`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE`, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function klPenalizedRewards<M extends Matrix>(
  input: KlPenaltyInput<M>,
  options: KlPenaltyOptions = {},
): { rewards: MatrixLike<M>; kl: MatrixLike<M> } {
  checkNames('klPenalizedRewards', options, { beta: true, estimator: true, convention: true })
  const convention = conventionOf('klPenalizedRewards', options)
  const { beta = 0.05, estimator = 'k1' } = options
  checkRange('beta', beta, 0)
  choose('estimator', estimator, estimators)
  const { rows, mask, kl } = readKl('klPenalizedRewards', input, bounded[convention](estimator))
  const rewards = readRewards(input.rewards, rows, mask)
  const penalized = rewards.map((reward, i) => (mask[i] === 1 ? reward - beta * kl[i]! : 0))
  return {
    rewards: matrixLike(input.logprobs, penalized, rows),
    kl: matrixLike(input.logprobs, kl, rows),
  }
}
