import type { FlagVector, Vector, VectorLike } from '../arrays'
import { checkNames, checkRange } from '../check-options'
import { checkFinite, readFlagVector, readVector, vectorLike } from '../rows'

/** Options of {@link missingEosRewards}. */
export interface MissingEosOptions {
  /** What a response without end-of-sequence token loses, 0 or more. */
  penalty: number
}

/**
 * Takes a constant off the reward of responses that have no end-of-sequence token: R − penalty.
 *
 * Source: TRL, `missing_eos_penalty`. Proven against TRL 1.16.0 (`online_dpo_trainer.py`).
 *
 * @param rewards `[B]`.
 * @param ended `[B]`, 1 or true for responses with an end-of-sequence token among their tokens.
 * @returns `[B]`, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function missingEosRewards<V extends Vector>(
  rewards: V,
  ended: FlagVector,
  options: MissingEosOptions,
): VectorLike<V> {
  checkNames('missingEosRewards', options, { penalty: true })
  const { penalty } = options
  checkRange('penalty', penalty, 0)
  const read = readVector('rewards', rewards)
  checkFinite('rewards', read)
  const flags = readFlagVector('ended', ended, read.length)
  return vectorLike(
    rewards,
    read.map((reward, i) => (flags[i] === 1 ? reward : reward - penalty)),
  )
}
