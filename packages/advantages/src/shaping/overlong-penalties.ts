import { checkNames, checkNonNegative, checkPositive, checkRange } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { checkLengths } from '../lengths'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../rewards'

/**
 * The penalty of a response beyond the longest length. `trl` and `openrlhf`: the full penalty, as in the paper; with a band
 * of 0, `trl` gives the full penalty at once and `openrlhf` none. `verl`: it keeps growing with the length, and the band
 * must be above 0. (DAPO comes from verl, where no response is longer than that; the default is the paper's equation.)
 */
export type OverlongConvention = Convention<'overlongPenalties'>

/** The penalty for tokens in the band (or beyond it) and the width of the band; −1 is the full penalty. */
const shapes: Readonly<Record<OverlongConvention, (into: number, band: number) => number>> = {
  trl: (into, band) => (into > band ? -1 : -into / band),
  openrlhf: (into, band) => (band === 0 ? 0 : -Math.min(into, band) / band),
  verl: (into, band) => -into / band,
}

/** Options of {@link overlongPenalties}. */
export interface OverlongOptions {
  /** L_max > 0: the longest length, in tokens, that is allowed. */
  maxLength: number
  /** L_cache, from 0 to `maxLength`: width in tokens of the band below it in which the penalty grows. */
  band: number
  /** The full penalty, 0 or more. Default: 1. */
  factor?: number
  /** Sets the penalty beyond `maxLength`. Default: `trl`. */
  convention?: OverlongConvention
}

/**
 * DAPO's soft overlong punishment, to be added to the reward: 0 up to L_max − L_cache tokens, then
 * (L_max − L_cache − L)/L_cache, and −1 beyond L_max; times `factor`.
 *
 * Source: 2503.14476, equation 13. Proven against TRL 1.16.0 (`_SoftOverlongPunishment`), OpenRLHF 0.11.2
 * (`apply_overlong_penalty`), verl 0.9.1 (`dapo.py`).
 *
 * @param lengths tokens of each response, 0 or more, `[B]` or a row for each group.
 * @returns a penalty of 0 or less for each length, in the form of `lengths`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for lengths, `INVALID_OPTION`.
 */
export function overlongPenalties<R extends Rewards>(lengths: R, options: OverlongOptions): RewardsLike<R> {
  checkNames('overlongPenalties', options, { maxLength: true, band: true, factor: true, convention: true })
  const convention = conventionOf('overlongPenalties', options)
  const { maxLength, band, factor = 1 } = options
  checkPositive('maxLength', maxLength)
  checkRange('band', band, { low: 0, high: maxLength })
  checkNonNegative('factor', factor)
  if (convention === 'verl') checkPositive('band', band)
  const numbers = readNumbers('lengths', lengths)
  checkLengths(numbers.rewards)
  const penalties = numbers.rewards.map((length) => {
    const into = length - (maxLength - band)
    return into > 0 ? factor * shapes[convention](into, band) : 0
  })
  return rewardsLike(lengths, penalties, numbers)
}
