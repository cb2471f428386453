import { type Rewards, type RewardsLike, rewardsLike } from '../rewards'
import { forEachGroup, type Grouped } from './groups'

/**
 * One number for each response, in the form of the rewards: `estimate` fills in those of each group with responses, which
 * start as 0. Throws `OVERFLOW` where one is not finite.
 */
export function estimateGroups<R extends Rewards>(
  like: R,
  grouped: Grouped,
  estimate: (members: Int32Array, result: Float64Array) => void,
): RewardsLike<R> {
  const result = new Float64Array(grouped.rewards.length)
  forEachGroup(grouped, (members) => {
    if (members.length > 0) estimate(members, result)
  })
  return rewardsLike(like, result, grouped)
}
