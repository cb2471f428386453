import { AdvantageError } from '../advantage-error'
import { checkNames, checkRange } from '../check-options'
import { momentsOf } from '../moments'
import { estimateGroups } from './estimate-groups'
import { type Singletons, singletonsOf } from './group-relative-advantages'
import { type GroupOptions, type Rewards, type RewardsLike, readGrouped } from './groups'

/** Options of {@link maxRlAdvantages}. */
export interface MaxRlOptions extends GroupOptions {
  /** ε ≥ 0, added to the mean. Default: 1e-6, as in SkyRL. */
  epsilon?: number
  /** What becomes of groups of one. Default: `keep`, as in SkyRL. */
  singletons?: Singletons
}

/**
 * MaxRL, maximum likelihood reinforcement learning: A = (R − μ)/(μ + ε), μ being the mean reward of the group, so that a
 * prompt counts the more the rarer success is.
 *
 * μ stands for the probability of success. A mean below 0 would turn the signs over, and reward what is worse than the
 * mean; it is refused. Responses of a group that have equal rewards get exactly 0.
 *
 * Source: 2602.02710. Proven against SkyRL 0.4.0 (`compute_maxrl_advantage`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group; 0 or more on average over each group.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `OUT_OF_RANGE` for a group of two or more whose mean is below 0; `SHAPE_MISMATCH`, `NOT_FINITE`,
 *   `INVALID_OPTION`, `OVERFLOW`.
 */
export function maxRlAdvantages<R extends Rewards>(rewards: R, options: MaxRlOptions = {}): RewardsLike<R> {
  checkNames('maxRlAdvantages', options, { groups: true, epsilon: true, singletons: true })
  const { epsilon = 1e-6 } = options
  checkRange('epsilon', epsilon, 0)
  const singletons = singletonsOf(options.singletons ?? 'keep')
  const grouped = readGrouped(rewards, options.groups)
  return estimateGroups(rewards, grouped, (members, result) => {
    const [first] = members
    if (members.length === 1) {
      result[first!] = singletons === 'keep' ? grouped.rewards[first!]! : 0
      return
    }
    const { mean } = momentsOf(grouped.rewards, members)
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
