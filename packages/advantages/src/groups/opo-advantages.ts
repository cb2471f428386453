import { checkNames } from '../check-options'
import { readLengths } from '../lengths'
import type { Rewards, RewardsLike } from '../rewards'
import { estimateGroups } from './estimate-groups'
import { type GroupOptions, readGrouped } from './groups'
import { type Singletons, singletonsOf } from './singletons'

/** Options of {@link opoAdvantages}. */
export interface OpoOptions extends GroupOptions {
  /** How groups of one are treated. Default: `keep`, as in verl. */
  singletons?: Singletons
}

/**
 * OPO, on-policy RL with the optimal baseline: A = R − ΣL·R/ΣL over the group, L being the lengths in tokens, to which
 * the variance of the gradient is assumed to be proportional.
 *
 * In a group without any tokens all advantages are 0; verl gives NaN there.
 *
 * Source: 2505.23585. Proven against verl 0.9.1 (`compute_opo_outcome_advantage`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @param lengths tokens of each response, 0 or more, in the form of `rewards`.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for lengths, `INVALID_OPTION`,
 *   `OVERFLOW`.
 */
export function opoAdvantages<R extends Rewards>(
  rewards: R,
  lengths: Rewards,
  options: OpoOptions = {},
): RewardsLike<R> {
  checkNames('opoAdvantages', options, { groups: true, singletons: true })
  const singletons = singletonsOf(options.singletons ?? 'keep')
  const grouped = readGrouped(rewards, options.groups)
  const weights = readLengths(lengths, grouped)
  return estimateGroups(rewards, grouped, (members, result) => {
    const kept = members.length === 1 && singletons === 'keep'
    let [total, tokens] = [0, 0]
    for (const i of members) {
      total += weights[i]! * grouped.rewards[i]!
      tokens += weights[i]!
    }
    if (tokens === 0 && !kept) return
    const baseline = kept ? 0 : total / tokens
    for (const i of members) result[i] = grouped.rewards[i]! - baseline
  })
}
