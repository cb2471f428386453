import type { Flags, Matrix, Vector, VectorLike } from '../arrays'
import { checkNames, checkNonNegative, choose } from '../check-options'
import { checkFinite, readVector, vectorLike } from '../rows'
import { estimators, type KlEstimator, readKl } from './kl-estimates'

/** Inputs of {@link sequenceKlPenalizedRewards}. */
export interface SequenceKlPenaltyInput<V extends Vector = Vector> {
  /** R, `[B]`: of the responses. */
  rewards: V
  /** log π of the tokens, `[B, T]`, in nats: under the policy that drew them. */
  logprobs: Matrix
  /** log π_ref of the tokens, `[B, T]`: under the reference policy. */
  refLogprobs: Matrix
  /** m, `[B, T]`: 1 for the tokens of the policy. Default: 1 everywhere. */
  mask?: Flags
}

/** Options of {@link sequenceKlPenalizedRewards}. */
export interface SequenceKlPenaltyOptions {
  /** β ≥ 0, the KL coefficient, in units of reward per nat. Default: 0.05, as in TRL. */
  klWeight?: number
  /** How the divergence is estimated at each token; no estimate is bounded. Default: `k1`, as in TRL. */
  estimator?: KlEstimator
}

/**
 * Rewards of whole responses with their KL penalty, R − β·Σ m·k(log π − log π_ref), and the sums themselves: what RLOO
 * subtracts before its baseline. With `k1` the sum is the log-ratio of the whole response.
 *
 * A fully masked response keeps its reward. The log-ratio of a kept token must be finite.
 *
 * Source: 2402.14740. Proven against TRL 1.16.0 (`rloo_trainer.py`).
 *
 * @returns `rewards` and `kl`, `[B]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE` for a kept number, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function sequenceKlPenalizedRewards<V extends Vector>(
  input: SequenceKlPenaltyInput<V>,
  options: SequenceKlPenaltyOptions = {},
): { rewards: VectorLike<V>; kl: VectorLike<V> } {
  checkNames('sequenceKlPenalizedRewards', options, { klWeight: true, estimator: true })
  const { klWeight = 0.05, estimator = 'k1' } = options
  checkNonNegative('klWeight', klWeight)
  const estimate = choose('estimator', estimator, estimators)
  const { rows, kl } = readKl('sequenceKlPenalizedRewards', input, estimate)
  const rewards = readVector('rewards', input.rewards, rows.starts.length - 1)
  checkFinite('rewards', rewards)
  const sums = rewards.map((_reward, row) =>
    kl.subarray(rows.starts[row], rows.starts[row + 1]).reduce((sum, part) => sum + part, 0),
  )
  return {
    rewards: vectorLike(
      input.rewards,
      rewards.map((reward, row) => reward - klWeight * sums[row]!),
    ),
    kl: vectorLike(input.rewards, sums),
  }
}
