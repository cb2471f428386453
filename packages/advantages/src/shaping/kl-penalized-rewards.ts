import type { Flags, Matrix, MatrixLike } from '../arrays'
import { checkNames, checkNonNegative, choose } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { type Rewards, readNumbers } from '../rewards'
import { checkFinite, matrixLike, type Rows, readMatrixLike, readVector } from '../rows'
import { estimators, type KlEstimate, type KlEstimator, readKl } from './kl-estimates'

/**
 * The bounds of the estimate. `trl`: none. `verl`: k3's exponent is bounded to ±20 and its result to at most 10.
 * `openrlhf`: k3's exponent is bounded to at most 10, and every estimate to ±10.
 */
export type KlConvention = Convention<'klPenalizedRewards'>

const clamp = (value: number, bound: number) => Math.min(Math.max(value, -bound), bound)

type Bounded = (estimate: KlEstimate) => KlEstimate

/** How each convention bounds k3, and how it bounds all other estimators. */
const bounds: Readonly<Record<KlConvention, { readonly k3: Bounded; readonly others: Bounded }>> = {
  trl: { k3: (estimate) => estimate, others: (estimate) => estimate },
  verl: {
    k3: (estimate) => (x) => Math.min(estimate(clamp(x, 20)), 10),
    others: (estimate) => estimate,
  },
  openrlhf: {
    k3: (estimate) => (x) => clamp(estimate(Math.max(x, -10)), 10),
    others: (estimate) => (x) => clamp(estimate(x), 10),
  },
}

function boundedEstimate(convention: KlConvention, estimator: KlEstimator): KlEstimate {
  const estimate = choose('estimator', estimator, estimators)
  return bounds[convention][estimate === estimators.k3 ? 'k3' : 'others'](estimate)
}

/** Inputs of {@link klPenalizedRewards}. */
export interface KlPenaltyInput<M extends Matrix = Matrix> {
  /** `[B]`, added to the last token with mask 1 of each response; or `[B, T]`, of each token. */
  rewards: Rewards
  /** log π of the tokens, `[B, T]`, in nats: under the policy that drew them. */
  logprobs: M
  /** log π_ref of the tokens, `[B, T]`: under the reference policy. */
  refLogprobs: Matrix
  /** m, `[B, T]`: 1 for the tokens of the policy. Default: 1 everywhere. */
  mask?: Flags
}

/** Options of {@link klPenalizedRewards}. */
export interface KlPenaltyOptions {
  /** β ≥ 0, the KL coefficient, in units of reward per nat. Default: 0.05, as in TRL. */
  klWeight?: number
  /** How the divergence is estimated. Default: `k1`. */
  estimator?: KlEstimator
  /** Sets the bounds of the estimate. Default: `trl`. */
  convention?: KlConvention
}

/** Rewards of responses as rewards of tokens: on the last kept token of each. */
function onLastTokens(rewards: Float64Array, { starts }: Rows, mask: Uint8Array): Float64Array {
  const tokens = new Float64Array(mask.length)
  for (let row = 0; row < rewards.length; row++) {
    const start = starts[row]!
    const last = mask.subarray(start, starts[row + 1]).lastIndexOf(1)
    if (last !== -1) tokens[start + last] = rewards[row]!
  }
  return tokens
}

/** Reads rewards of responses or of tokens, as rewards of tokens laid out as the log-probabilities. */
function readRewards(given: Rewards, like: Rows, mask: Uint8Array): Float64Array {
  const numbers = readNumbers('rewards', given)
  if (numbers.rows !== undefined) {
    const data = readMatrixLike('rewards', given as Matrix, like)
    checkFinite('rewards', data, { where: mask, starts: like.starts })
    return data
  }
  const rewards = readVector('rewards', numbers.rewards, like.starts.length - 1)
  checkFinite('rewards', rewards)
  return onLastTokens(rewards, like, mask)
}

/**
 * Rewards of tokens with their KL penalty: r_t − β·k(log π − log π_ref), and the estimates k themselves.
 *
 * Both are 0 where the mask is 0, whatever the inputs hold there; a fully masked response loses its reward. The log-ratio
 * of a kept token must be finite.
 *
 * TRL adds the reward one token after the last; here it is on the last.
 *
 * Source: 1909.08593, the reward with its KL penalty; Schulman 2020, "Approximating KL divergence". Proven against
 * verl 0.9.1 (`apply_kl_penalty`), OpenRLHF 0.11.2 (`compute_approx_kl`, `compute_reward`), TRL 0.23.1
 * (`ppo_trainer.py`).
 *
 * @returns `rewards` and `kl`, `[B, T]`, in the form of `logprobs`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function klPenalizedRewards<M extends Matrix>(
  input: KlPenaltyInput<M>,
  options: KlPenaltyOptions = {},
): { rewards: MatrixLike<M>; kl: MatrixLike<M> } {
  checkNames('klPenalizedRewards', options, { klWeight: true, estimator: true, convention: true })
  const convention = conventionOf('klPenalizedRewards', options)
  const { klWeight = 0.05, estimator = 'k1' } = options
  checkNonNegative('klWeight', klWeight)
  const { rows, mask, kl } = readKl('klPenalizedRewards', input, boundedEstimate(convention, estimator))
  const rewards = readRewards(input.rewards, rows, mask)
  const penalized = rewards.map((reward, i) => (mask[i] === 1 ? reward - klWeight * kl[i]! : 0))
  return {
    rewards: matrixLike(input.logprobs, penalized, rows),
    kl: matrixLike(input.logprobs, kl, rows),
  }
}
