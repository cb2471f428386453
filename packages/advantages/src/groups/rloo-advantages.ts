import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import type { MissingRewards } from '../missing-rewards'
import { momentsOf } from '../moments'
import { type Rewards, type RewardsLike, rewardsLike } from '../rewards'
import { forEachGroup, type GroupOptions } from './groups'
import { readWithMissing } from './relative-rewards'
import { type Singletons, singletonsOf } from './singletons'

/**
 * The advantage of a group of one, the only difference. `trl`: 0. `verl-vectorized` and `openrlhf` are the same as `trl`,
 * under the names of these implementations; OpenRLHF itself gives NaN for a group of one. `verl`, its loop: the reward
 * itself.
 */
export type RlooConvention = Convention<'rlooAdvantages'>

const singletonRules: Readonly<Record<RlooConvention, Singletons>> = {
  trl: 'zero',
  verl: 'keep',
  'verl-vectorized': 'zero',
  openrlhf: 'zero',
}

/** Options of {@link rlooAdvantages}. */
export interface RlooOptions extends GroupOptions {
  /** Sets the advantage of a group of one. Default: `trl`. */
  convention?: RlooConvention
  /** How groups of one are treated. Default: as in the convention. */
  singletons?: Singletons
  /** True divides by the deviation over the batch: (A − mean)/(σ + 1e-4), an option of TRL. Default: false. */
  normalize?: boolean
  /** `exclude` leaves NaN out of the baselines and gives it advantage 0, as TRL does. Default: `error`. */
  missing?: MissingRewards
}

/**
 * REINFORCE leave-one-out: Aᵢ = Rᵢ − (ΣR − Rᵢ)/(n − 1), the mean reward of the other responses being the baseline.
 *
 * Source: 2402.14740. Proven against TRL 1.16.0 (`rloo_trainer.py`), verl 0.9.1 (`compute_rloo_outcome_advantage`,
 * `compute_rloo_vectorized_outcome_advantage`), OpenRLHF 0.11.2 (`rloo`).
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @returns one advantage for each response, in the form of `rewards`.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function rlooAdvantages<R extends Rewards>(rewards: R, options: RlooOptions = {}): RewardsLike<R> {
  const names = { groups: true, convention: true, singletons: true, normalize: true, missing: true } as const
  checkNames('rlooAdvantages', options, names)
  const rule = singletonRules[conventionOf('rlooAdvantages', options)]
  const { missing = 'error', normalize = false } = options
  const singletons = singletonsOf(options.singletons ?? rule)
  const grouped = readWithMissing(rewards, options.groups, missing)
  const result = new Float64Array(grouped.rewards.length)
  forEachGroup(grouped, (members) => {
    if (members.length === 0) return
    if (members.length === 1) {
      result[members[0]!] = singletons === 'keep' ? grouped.rewards[members[0]!]! : 0
      return
    }
    const { mean } = momentsOf(grouped.rewards, members)
    const others = members.length / (members.length - 1)
    // (R − μ)·n/(n − 1) is the same difference, and exactly 0 where all rewards are equal.
    for (const i of members) result[i] = (grouped.rewards[i]! - mean) * others
  })
  if (normalize && grouped.members.length > 0) {
    const { mean, deviation } = momentsOf(result, grouped.members)
    for (const i of grouped.members) result[i] = (result[i]! - mean) / (deviation + 1e-4)
  }
  return rewardsLike(rewards, result, grouped)
}
