import type { FlagVector, Vector, VectorLike } from '../arrays'
import { checkNames, checkRange } from '../check-options'
import { checkFinite, readFlagVector, readVector, vectorLike } from '../rows'

/** Options of {@link stopProperlyRewards}. */
export interface StopProperlyOptions {
  /** From 0 to 1: the factor of the reward of a truncated response. Below 0: its new reward. */
  coefficient: number
}

/**
 * Lowers the rewards of responses that the length limit cut off: R·c for 0 ≤ c ≤ 1, and c itself for c < 0. Note that
 * multiplying by less than 1 raises a negative reward.
 *
 * Source: 2505.24864 (ProRL), as implemented in OpenRLHF. Proven against OpenRLHF 0.11.2 (`apply_stop_properly_penalty`).
 *
 * @param rewards `[B]`.
 * @param truncated `[B]`, 1 or true for responses that were cut off.
 * @returns `[B]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for flags, `INVALID_OPTION`.
 */
export function stopProperlyRewards<V extends Vector>(
  rewards: V,
  truncated: FlagVector,
  options: StopProperlyOptions,
): VectorLike<V> {
  checkNames('stopProperlyRewards', options, { coefficient: true })
  const { coefficient } = options
  checkRange('coefficient', coefficient, { high: 1 })
  const read = readVector('rewards', rewards)
  checkFinite('rewards', read)
  const flags = readFlagVector('truncated', truncated, read.length)
  const lowered = (reward: number) => (coefficient < 0 ? coefficient : reward * coefficient)
  return vectorLike(
    rewards,
    read.map((reward, i) => (flags[i] === 1 ? lowered(reward) : reward)),
  )
}
