import { AdvantageError } from '../advantage-error'
import { checkNames, checkNonNegative } from '../check-options'
import { meanOf } from '../moments'
import type { Rewards, RewardsLike } from '../rewards'
import { estimateGroups } from './estimate-groups'
import { type GroupOptions, readGrouped } from './groups'
import { type Singletons, singletonsOf } from './singletons'

/** Options of {@link maxRlAdvantages}. */
export interface MaxRlOptions extends GroupOptions {
  /** ε ≥ 0, added to the mean. Default: 1e-6, as in SkyRL. */
  epsilon?: number
  /** How groups of one are treated. Default: `keep`, as in SkyRL. */
  singletons?: Singletons
}

/**
 * MaxRL, maximum likelihood reinforcement learning: A = (R − μ)/(μ + ε), μ being the mean reward of the group, so that a
 * prompt counts more the rarer success is.
 *
 * μ stands for the probability of success. A negative mean is refused: it would reverse the signs, and reward responses
 * that are worse than the mean. Where rewards of both signs cancel, μ is near 0 and advantages are as large as R/ε:
 * rewards are meant to be 0 or more. Responses of a group with equal rewards get exactly 0.
 *
 * Source: 2602.02710. Proven against SkyRL 0.4.0 (`compute_maxrl_advantage`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group; the mean of each group must be 0 or more.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `OUT_OF_RANGE` for a group of two or more with a negative mean; `SHAPE_MISMATCH`, `MISSING_INPUT`,
 *   `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function maxRlAdvantages<R extends Rewards>(rewards: R, options: MaxRlOptions = {}): RewardsLike<R> {
  checkNames('maxRlAdvantages', options, { groups: true, epsilon: true, singletons: true })
  const { epsilon = 1e-6 } = options
  checkNonNegative('epsilon', epsilon)
  const singletons = singletonsOf(options.singletons ?? 'keep')
  const grouped = readGrouped(rewards, options.groups)
  return estimateGroups(rewards, grouped, (members, result) => {
    const [first] = members
    if (members.length === 1) {
      result[first!] = singletons === 'keep' ? grouped.rewards[first!]! : 0
      return
    }
    const mean = meanOf(grouped.rewards, members)
    if (mean < 0) {
      const message = `rewards have a mean of ${mean} in the group of response ${first}; expected 0 or more`
      throw new AdvantageError('OUT_OF_RANGE', 'rewards', message)
    }
    for (const i of members) {
      const difference = grouped.rewards[i]! - mean
      result[i] = difference === 0 ? 0 : difference / (mean + epsilon)
    }
  })
}
