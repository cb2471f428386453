import type { FlagVector, Vector, VectorLike } from '../arrays'
import { checkNames, checkNonNegative } from '../check-options'
import { checkFinite, readFlagVector, readVector, vectorLike } from '../rows'

/** Options of {@link missingEosRewards}. */
export interface MissingEosOptions {
  /** The penalty of a response without end-of-sequence token, 0 or more. */
  penalty: number
}

/**
 * Subtracts a constant from the rewards of responses without end-of-sequence token: R − penalty.
 *
 * Source: TRL, `missing_eos_penalty`. Proven against TRL 1.16.0 (`online_dpo_trainer.py`).
 *
 * @param rewards `[B]`.
 * @param ended `[B]`, 1 or true for responses with an end-of-sequence token among their tokens.
 * @returns `[B]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for flags, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function missingEosRewards<V extends Vector>(
  rewards: V,
  ended: FlagVector,
  options: MissingEosOptions,
): VectorLike<V> {
  checkNames('missingEosRewards', options, { penalty: true })
  const { penalty } = options
  checkNonNegative('penalty', penalty)
  const read = readVector('rewards', rewards)
  checkFinite('rewards', read)
  const flags = readFlagVector('ended', ended, read.length)
  return vectorLike(
    rewards,
    read.map((reward, i) => (flags[i] === 1 ? reward : reward - penalty)),
  )
}
