import type { FlagVector, Vector, VectorLike } from '../arrays'
import { checkNames, checkRange } from '../check-options'
import { checkFinite, readFlagVector, readVector, vectorLike } from '../rows'

/** Options of {@link stopProperlyRewards}. */
export interface StopProperlyOptions {
  /** From 0 to 1: what the reward of a truncated response is multiplied by. Below 0: what it becomes. */
  coefficient: number
}

/**
 * Makes a response cut by the length limit worth less: R·c for 0 ≤ c ≤ 1, and c itself for c < 0. Note that a negative
 * reward multiplied by less than 1 is worth more.
 *
 * Source: 2505.24864 (ProRL), as OpenRLHF reads it. Proven against OpenRLHF 0.11.2 (`apply_stop_properly_penalty`).
 *
 * @param rewards `[B]`.
 * @param truncated `[B]`, 1 or true for responses that were cut.
 * @returns `[B]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function stopProperlyRewards<V extends Vector>(
  rewards: V,
  truncated: FlagVector,
  options: StopProperlyOptions,
): VectorLike<V> {
  checkNames('stopProperlyRewards', options, { coefficient: true })
  const { coefficient } = options
  checkRange('coefficient', coefficient, Number.NEGATIVE_INFINITY, 1)
  const read = readVector('rewards', rewards)
  checkFinite('rewards', read)
  const flags = readFlagVector('truncated', truncated, read.length)
  const worth = (reward: number) => (coefficient < 0 ? coefficient : reward * coefficient)
  return vectorLike(
    rewards,
    read.map((reward, i) => (flags[i] === 1 ? worth(reward) : reward)),
  )
}
