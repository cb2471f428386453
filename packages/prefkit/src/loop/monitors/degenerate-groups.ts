import { eachStage } from './each-stage'
import type { Monitor } from './monitor'
import { type Judge, unknown, watchPoints } from './raise-alerts'
import { rolling } from './statistics'
import { isSurelyAbove } from './sure-level'
import { percent } from './words'

/** Options of {@link degenerateGroups}. */
export interface DegenerateGroupsOptions {
  /** Names of the share of groups whose rewards are all equal, the first that is logged. */
  readonly shares: readonly string[]
  /** Steps that are averaged. Default: 10. */
  readonly window: number
  /** Share that is worth a look. Default: 0.5: half of what is drawn and scored teaches nothing. */
  readonly limit: number
  /** Share that is critical. Default: 0.8. */
  readonly critical: number
}

/** Defaults of {@link degenerateGroups}. */
export const degenerateGroupsDefaults: DegenerateGroupsOptions = {
  ...{ shares: ['frac_reward_zero_std'], window: 10, limit: 0.5, critical: 0.8 },
}

function judgeStage({ window, limit, critical }: DegenerateGroupsOptions): Judge {
  const meanOf = rolling(window)
  return ({ value }) => {
    const now = meanOf(value)
    if (!now) return unknown
    if (!isSurelyAbove(now, limit)) return { isCalm: now.mean < limit / 2 }
    const message =
      `Groups without a difference: in ${percent(now.mean)} of them all responses had the same reward ` +
      `over the last ${window} steps, so ` +
      'they teach nothing. The prompts are too easy (every response is right) or too hard (none is), the ' +
      'reward has too few grades, or ' +
      'the policy writes the same again and again. Leave out or draw again such prompts (dynamic ' +
      'sampling), take more samples a prompt, a ' +
      'higher temperature, or a graded reward.'
    return { severity: isSurelyAbove(now, critical) ? 'critical' : 'warning', isCalm: false, message }
  }
}

/**
 * Degenerate groups: the mean share of groups whose rewards are all equal, over 10 steps, is above 0.5 by 3 of its
 * standard errors; critical above 0.8.
 *
 * Of 8 groups a step, 0.3 of which are flat, fewer than 1 of 100 runs of 300 steps have a false alarm. A share that
 * rises to 0.9 is told of after 9 steps. All is well again when the mean is below 0.25 for 10 steps.
 */
export const degenerateGroups: Monitor<DegenerateGroupsOptions> = (given = {}) => {
  const options = { ...degenerateGroupsDefaults, ...given }
  const points = { keys: options.shares, calmPoints: options.window }
  return eachStage(() => watchPoints('degenerate-groups', points, judgeStage(options)))
}
