import { checkOptions, formatValue } from '../check-options'
import type { Parsed } from '../parsed'
import { RubricError } from '../rubric-error'

/** R_format by what a parse found: what {@link formatReward} gives. */
export interface FormatRewards {
  /** The answer stands where and as it was asked for. Default: 0. */
  readonly exact?: number
  /** The output parses, but not as it was asked for, such as `8/10` for `8`. Default: −0.5. */
  readonly recovered?: number
  /**
   * The output parses, but lacks a part that was asked for (`lacking` of the parse): the tag around the answer, the criteria or
   * the evaluation of `pointwiseFormat`. Default: −0.5.
   */
  readonly lacking?: number
  /** There are answers that contradict each other. Default: −1. */
  readonly ambiguous?: number
  /** What stands where the answer should is none, such as a score outside the scale. Default: −1. */
  readonly invalid?: number
  /** There is no answer, or the text ends before it. Default: −1. */
  readonly absent?: number
}

const defaults: Required<FormatRewards> = {
  exact: 0,
  recovered: -0.5,
  lacking: -0.5,
  ambiguous: -1,
  invalid: -1,
  absent: -1,
}

/** `rewards` with defaults. Throws `NOT_FINITE` for one that is no finite number. */
export function completeFormatRewards(rewards: FormatRewards): Required<FormatRewards> {
  checkOptions('formatReward', rewards, {
    exact: true,
    recovered: true,
    lacking: true,
    ambiguous: true,
    invalid: true,
    absent: true,
  })
  const complete = { ...defaults, ...rewards }
  for (const [name, reward] of Object.entries(complete)) {
    if (Number.isFinite(reward)) continue
    const message = `${name} is ${formatValue(reward)}; expected a finite number`
    throw new RubricError('NOT_FINITE', name, message)
  }
  return complete
}

/** R_format of one parse, by rewards that are complete. */
export function rewardOfParse(parsed: Parsed<unknown>, rewards: Required<FormatRewards>): number {
  if (parsed.status === 'recovered' && parsed.lacking !== undefined) return rewards.lacking
  if (parsed.status !== 'missing') return rewards[parsed.status]
  return parsed.cause === 'invalid' ? rewards.invalid : rewards.absent
}

/**
 * R_format of PaTaRM: what a rollout of a judge is rewarded for the form of its output. 0 for one that parses, −0.5 where a part
 * is missing or not as it was asked for, −1 where no answer can be read.
 *
 * Rewards that take missing tags to be worse than a bad score, −1.5 and −1, and everything else to be fine, are
 * `{ lacking: -1.5, absent: -1.5, invalid: -1, ambiguous: -1, recovered: 0 }`.
 *
 * Source: 2510.24235, R_format, of which it does not say the values; these are this package's.
 *
 * @throws RubricError `NOT_FINITE`, `INVALID_OPTION` for rewards.
 */
export const formatReward = (parsed: Parsed<unknown>, rewards: FormatRewards = {}): number =>
  rewardOfParse(parsed, completeFormatRewards(rewards))
