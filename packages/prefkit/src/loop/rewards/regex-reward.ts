import { PrefkitError } from '../../prefkit-error'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** Options of {@link regexReward}. */
export interface RegexRewardOptions extends RewardOptions {
  /** What a response has to have somewhere; `^` and `$` for all of it. */
  readonly pattern: string | RegExp
  /** Of a pattern that is a string. Default: `su`: a dot is any character, and characters are whole. */
  readonly flags?: string | undefined
}

function compiled(name: string, { pattern, flags = 'su' }: RegexRewardOptions): RegExp {
  if (pattern instanceof RegExp) return pattern
  try {
    return new RegExp(pattern, flags)
  } catch (cause) {
    const message = `${name}: pattern: expected a regular expression, got ${JSON.stringify(pattern)} with flags ${flags}`
    throw new PrefkitError('INVALID_CONFIG', `${message}: ${(cause as Error).message}`, { cause })
  }
}

/** 1 for responses with a match, 0 for the others. @throws PrefkitError `INVALID_CONFIG` for what is no regular expression. */
export function regexReward(options: RegexRewardOptions): RewardFunction {
  const { name = 'regex' } = options
  const pattern = compiled(name, options)
  return rewardOf(name, options, async (rollouts) => ({
    // Not `test`, which goes on from the last match where the pattern is global.
    scores: rollouts.map(({ text }) => Number(text.search(pattern) >= 0)),
  }))
}
