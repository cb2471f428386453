import { checkNames, checkRange, choose } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { type Moments, momentsOf } from '../moments'
import {
  forEachGroup,
  type Grouped,
  type GroupOptions,
  type Rewards,
  type RewardsLike,
  readGrouped,
  readScored,
  rewardsLike,
} from './groups'

/**
 * What the trainers add to the deviation, and what becomes of a group of one: `trl` 1e-4 and 0; `verl` 1e-6, and the
 * reward itself (mean 0, deviation 1); `openrlhf` 1e-9, and 0 where OpenRLHF itself has NaN; `halos` 1e-2 and 0, with
 * the deviation over n instead of n − 1.
 */
export type GroupConvention = Convention<'groupRelativeAdvantages'>

/** What becomes of a group of one: it keeps its reward, or has advantage 0, there being nothing to compare with. */
export type Singletons = 'keep' | 'zero'

/** What a group convention comes to. */
interface GroupRule {
  readonly epsilon: number
  readonly singletons: Singletons
  /** What the deviation takes off n. */
  readonly ddof: 0 | 1
}

const groupRules: Readonly<Record<GroupConvention, GroupRule>> = {
  trl: { epsilon: 1e-4, singletons: 'zero', ddof: 1 },
  verl: { epsilon: 1e-6, singletons: 'keep', ddof: 1 },
  openrlhf: { epsilon: 1e-9, singletons: 'zero', ddof: 1 },
  halos: { epsilon: 1e-2, singletons: 'zero', ddof: 0 },
}

/** What is done with a reward that is NaN. */
export type MissingRewards = 'error' | 'exclude'

/** How rewards with and without NaN are read. */
export const readers: Readonly<Record<MissingRewards, typeof readGrouped>> = {
  error: readGrouped,
  exclude: readScored,
}

/** Options of {@link groupRelativeAdvantages}. */
export interface GroupRelativeOptions extends GroupOptions {
  /** σ: of the `group` (GRPO), of the `batch`, or `none`, as in Dr. GRPO. Default: `group`. */
  scale?: 'group' | 'batch' | 'none'
  /** Whose ε, singletons and deviation. Default: `trl`. */
  convention?: GroupConvention
  /** ε ≥ 0, added to σ. Default: that of the convention. */
  epsilon?: number
  /** What becomes of groups of one. Default: as in the convention. */
  singletons?: Singletons
  /**
   * `exclude` takes NaN for a response that no one could score: it has no part in mean and deviation, and advantage 0,
   * as in TRL. Default: `error`.
   */
  missing?: MissingRewards
}

/** Moments of a group; of a group of one that keeps its reward, mean 0 and deviation 1. */
const groupMoments = (
  rewards: Float64Array,
  members: Int32Array,
  { singletons, ddof }: Omit<GroupRule, 'epsilon'>,
): Moments =>
  members.length === 1 && singletons === 'keep'
    ? { mean: 0, deviation: 1 }
    : momentsOf(rewards, members, ddof)

/** What R − μ is divided by. */
type Divisor = (deviations: { group: number; batch: number }, epsilon: number) => number

const divisors: Readonly<Record<NonNullable<GroupRelativeOptions['scale']>, Divisor>> = {
  none: () => 1,
  batch: ({ batch }, epsilon) => batch + epsilon,
  group: ({ group }, epsilon) => group + epsilon,
}

/** (R − μ)/divisor, μ being the mean of the group; 0 where R is μ, though the divisor be 0. Throws `OVERFLOW`. */
function relative(
  grouped: Grouped,
  { scale, epsilon, ...rule }: GroupRule & { readonly scale: Divisor },
): Float64Array {
  const { rewards, members: all } = grouped
  const result = new Float64Array(rewards.length)
  const batch = scale === divisors.batch && all.length > 0 ? momentsOf(rewards, all, rule.ddof).deviation : 0
  forEachGroup(grouped, (members) => {
    if (members.length === 0) return
    const { mean, deviation } = groupMoments(rewards, members, rule)
    const divisor = scale({ group: deviation, batch }, epsilon)
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
  relative(grouped, { scale: divisors.none, epsilon: 0, singletons, ddof: 1 })

/**
 * Group-relative advantages (GRPO): A = (R − μ)/(σ + ε), μ and σ of the responses to the same prompt, σ over n − 1
 * (over n in `halos`). `scale: 'none'` is Dr. GRPO: A = R − μ.
 *
 * Responses of a group that have equal rewards get exactly 0.
 *
 * Source: 2402.03300, section 4.1.2; 2503.20783 (Dr. GRPO). Proven against TRL 1.16.0 (`grpo_trainer.py`), verl 0.9.1
 * (`compute_grpo_outcome_advantage`, `compute_grpo_vectorized_outcome_advantage`), OpenRLHF 0.11.2 (`group_norm`,
 * `dr_grpo`), SkyRL 0.4.0 (`compute_grpo_outcome_advantage`, as verl); `halos` against its equation.
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @returns one advantage for each response, in the form of `rewards`; {@link tokenAdvantages} gives it to the tokens.
 * @throws AdvantageError `SHAPE_MISMATCH`, `NOT_FINITE`, `INVALID_OPTION`, `OUT_OF_RANGE`, `OVERFLOW`.
 */
export function groupRelativeAdvantages<R extends Rewards>(
  rewards: R,
  options: GroupRelativeOptions = {},
): RewardsLike<R> {
  const names = { groups: true, scale: true, convention: true, epsilon: true, singletons: true } as const
  checkNames('groupRelativeAdvantages', options, { ...names, missing: true })
  const rule = groupRules[conventionOf('groupRelativeAdvantages', options)]
  const { scale = 'group', missing = 'error' } = options
  const { epsilon = rule.epsilon } = options
  checkRange('epsilon', epsilon, 0)
  const singletons = singletonsOf(options.singletons ?? rule.singletons)
  const grouped = choose('missing', missing, readers)(rewards, options.groups)
  const result = relative(grouped, { ...rule, scale: choose('scale', scale, divisors), epsilon, singletons })
  return rewardsLike(rewards, result, grouped)
}

/** Throws `INVALID_OPTION` for what is no rule for groups of one. */
export const singletonsOf = (singletons: Singletons): Singletons =>
  choose<Singletons>('singletons', singletons, { keep: 'keep', zero: 'zero' })
