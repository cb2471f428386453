import { choose } from '../check-options'
import type { MissingRewards } from '../missing-rewards'
import { type Moments, momentsOf } from '../moments'
import type { Rewards } from '../rewards'
import { forEachGroup, type Grouped, type Groups, readGrouped, readScored } from './groups'
import type { Singletons } from './singletons'

/** What the difference of a reward from the mean of its group is divided by. */
export type Scale = 'group' | 'batch' | 'none'

/** How rewards are compared with those of their group. */
export interface RelativeRule {
  readonly scale: Scale
  /** ε ≥ 0, added to the deviation. */
  readonly epsilon: number
  readonly singletons: Singletons
  /** The deviation is over n − ddof. */
  readonly ddof: 0 | 1
}

const readers: Readonly<Record<MissingRewards, typeof readGrouped>> = {
  error: readGrouped,
  exclude: readScored,
}

/**
 * Reads rewards and groups; NaN is excluded from the groups where `missing` says so. Throws `INVALID_OPTION`,
 * `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`.
 */
export const readWithMissing = (
  rewards: Rewards,
  groups: Groups | undefined,
  missing: MissingRewards,
): Grouped => choose('missing', missing, readers)(rewards, groups)

/** Moments of a group; of a group of one that keeps its reward, mean 0 and deviation 1. */
const groupMoments = (
  rewards: Float64Array,
  members: Int32Array,
  { singletons, ddof }: Pick<RelativeRule, 'singletons' | 'ddof'>,
): Moments =>
  members.length === 1 && singletons === 'keep'
    ? { mean: 0, deviation: 1 }
    : momentsOf(rewards, members, ddof)

type Divisor = (deviations: { group: number; batch: number }, epsilon: number) => number

const divisors: Readonly<Record<Scale, Divisor>> = {
  none: () => 1,
  batch: ({ batch }, epsilon) => batch + epsilon,
  group: ({ group }, epsilon) => group + epsilon,
}

/**
 * (R − μ)/divisor, μ being the mean of the group; 0 where R is μ, even if the divisor is 0. Throws `OVERFLOW`, and
 * `INVALID_OPTION` for an unknown scale.
 */
export function relative(grouped: Grouped, { scale, epsilon, ...rule }: RelativeRule): Float64Array {
  const divisorOf = choose('scale', scale, divisors)
  const { rewards, members: all } = grouped
  const result = new Float64Array(rewards.length)
  const batch = scale === 'batch' && all.length > 0 ? momentsOf(rewards, all, rule.ddof).deviation : 0
  forEachGroup(grouped, (members) => {
    if (members.length === 0) return
    const { mean, deviation } = groupMoments(rewards, members, rule)
    const divisor = divisorOf({ group: deviation, batch }, epsilon)
    for (let k = 0; k < members.length; k++) {
      const i = members[k]!
      const difference = rewards[i]! - mean
      result[i] = difference === 0 ? 0 : difference / divisor
    }
  })
  return result
}

/** R − μ of each response, μ being the mean of its group; a group of one as the rule says. Throws `OVERFLOW`. */
export const centred = (grouped: Grouped, singletons: Singletons): Float64Array =>
  relative(grouped, { scale: 'none', epsilon: 0, singletons, ddof: 1 })
