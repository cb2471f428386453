import { checkNames, checkPositive, checkRange } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { type Rewards, type RewardsLike, readNumbers, rewardsLike } from '../groups/groups'
import { checkLengths } from '../lengths'

/**
 * What becomes of a response beyond the longest. `trl` and `openrlhf`: no more than the whole penalty; with a band of
 * 0, `trl` gives all of it at once and `openrlhf` none. `verl`: it goes on to grow with the length, and the band must
 * be above 0.
 */
export type OverlongConvention = Convention<'overlongPenalties'>

/** The penalty, from −1, for tokens into the band (or beyond it) and the width of the band. */
const shapes: Readonly<Record<OverlongConvention, (into: number, band: number) => number>> = {
  trl: (into, band) => (into > band ? -1 : -into / band),
  openrlhf: (into, band) => (band === 0 ? 0 : -Math.min(into, band) / band),
  verl: (into, band) => -into / band,
}

/** Options of {@link overlongPenalties}. */
export interface OverlongOptions {
  /** L_max > 0: tokens of the longest response that is not too long. */
  maxLength: number
  /** L_cache, from 0 to `maxLength`: width in tokens of the band below it in which the penalty grows. */
  band: number
  /** The whole penalty, 0 or more. Default: 1. */
  factor?: number
  /** What becomes of longer responses. Default: `trl`. */
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
 * @returns as many, each 0 or less, in the form of `lengths`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function overlongPenalties<R extends Rewards>(lengths: R, options: OverlongOptions): RewardsLike<R> {
  checkNames('overlongPenalties', options, { maxLength: true, band: true, factor: true, convention: true })
  const convention = conventionOf('overlongPenalties', options)
  const { maxLength, band, factor = 1 } = options
  checkPositive('maxLength', maxLength)
  checkRange('band', band, 0, maxLength)
  checkRange('factor', factor, 0)
  if (convention === 'verl') checkPositive('band', band)
  const numbers = readNumbers('lengths', lengths)
  checkLengths(numbers.rewards)
  const penalties = numbers.rewards.map((length) => {
    const into = length - (maxLength - band)
    return into > 0 ? factor * shapes[convention](into, band) : 0
  })
  return rewardsLike(lengths, penalties, numbers)
}
