import { AdvantageError } from '../advantage-error'
import { checkNames, checkNonNegative } from '../check-options'
import { momentsOf } from '../moments'
import type { Rewards, RewardsLike } from '../rewards'
import { estimateGroups } from './estimate-groups'
import { type GroupOptions, readGrouped } from './groups'

/** Options of {@link passAtKAdvantages}. */
export interface PassAtKOptions extends GroupOptions {
  /** True divides by the deviation of the group, over n − 1. Default: true. */
  scale?: boolean
  /** ε ≥ 0, added to the deviation. Default: 1e-6, as in verl. */
  epsilon?: number
}

/**
 * GRPO for pass@k: the best response of the group gets (R₁ − R₂)/(σ + ε), its lead over the second best, and all others 0.
 * Where two responses are tied for the best, all get 0.
 *
 * Source: 2503.19595. Proven against verl 0.9.1 (`compute_grpo_passk_outcome_advantage`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group, of at least two responses.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `TOO_FEW` for a group of one; `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function passAtKAdvantages<R extends Rewards>(
  rewards: R,
  options: PassAtKOptions = {},
): RewardsLike<R> {
  checkNames('passAtKAdvantages', options, { groups: true, scale: true, epsilon: true })
  const { scale = true, epsilon = 1e-6 } = options
  checkNonNegative('epsilon', epsilon)
  const grouped = readGrouped(rewards, options.groups)
  return estimateGroups(rewards, grouped, (members, result) => {
    if (members.length === 1) {
      const message =
        'groups has a group of one response; expected at least two, because the result is a lead'
      throw new AdvantageError('TOO_FEW', 'groups', message)
    }
    const [best, second] = bestTwo(grouped.rewards, members)
    const lead = grouped.rewards[best]! - grouped.rewards[second]!
    if (lead === 0) return
    result[best] = scale ? lead / (momentsOf(grouped.rewards, members).deviation + epsilon) : lead
  })
}

function bestTwo(rewards: Float64Array, members: Int32Array): [number, number] {
  let [best, second] = [members[0]!, members[1]!]
  if (rewards[second]! > rewards[best]!) [best, second] = [second, best]
  for (const i of members.subarray(2)) {
    if (rewards[i]! > rewards[best]!) [best, second] = [i, best]
    else if (rewards[i]! > rewards[second]!) second = i
  }
  return [best, second]
}
