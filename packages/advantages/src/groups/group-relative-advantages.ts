import { checkNames, checkNonNegative } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import type { MissingRewards } from '../missing-rewards'
import { type Rewards, type RewardsLike, rewardsLike } from '../rewards'
import type { GroupOptions } from './groups'
import { type RelativeRule, readWithMissing, relative, type Scale } from './relative-rewards'
import { type Singletons, singletonsOf } from './singletons'

/**
 * What each trainer adds to the deviation, and the advantage of a group of one: `trl` 1e-4 and 0; `verl` 1e-6, and the
 * reward itself (mean 0, deviation 1); `openrlhf` 1e-9, and 0 where OpenRLHF itself gives NaN; `halos` 1e-2 and 0, with
 * the deviation over n instead of n − 1.
 */
export type GroupConvention = Convention<'groupRelativeAdvantages'>

const groupRules: Readonly<Record<GroupConvention, Omit<RelativeRule, 'scale'>>> = {
  trl: { epsilon: 1e-4, singletons: 'zero', ddof: 1 },
  verl: { epsilon: 1e-6, singletons: 'keep', ddof: 1 },
  openrlhf: { epsilon: 1e-9, singletons: 'zero', ddof: 1 },
  halos: { epsilon: 1e-2, singletons: 'zero', ddof: 0 },
}

/** Options of {@link groupRelativeAdvantages}. */
export interface GroupRelativeOptions extends GroupOptions {
  /** σ: of the `group` (GRPO), of the `batch`, or `none`, as in Dr. GRPO. Default: `group`. */
  scale?: Scale
  /** Sets ε, the deviation, and the advantage of a group of one. Default: `trl`. */
  convention?: GroupConvention
  /** ε ≥ 0, added to σ. Default: that of the convention. */
  epsilon?: number
  /** How groups of one are treated. Default: as in the convention. */
  singletons?: Singletons
  /**
   * `exclude` accepts NaN for a response without a score: it does not count in mean and deviation, and its advantage is 0,
   * as in TRL. Default: `error`.
   */
  missing?: MissingRewards
}

/**
 * Group-relative advantages (GRPO): A = (R − μ)/(σ + ε), μ and σ of the responses to the same prompt, σ over n − 1
 * (over n in `halos`). `scale: 'none'` is Dr. GRPO: A = R − μ.
 *
 * Responses of a group with equal rewards get exactly 0.
 *
 * Source: 2402.03300, section 4.1.2; 2503.20783 (Dr. GRPO). Proven against TRL 1.16.0 (`grpo_trainer.py`), verl 0.9.1
 * (`compute_grpo_outcome_advantage`, `compute_grpo_vectorized_outcome_advantage`), OpenRLHF 0.11.2 (`group_norm`,
 * `dr_grpo`), SkyRL 0.4.0 (`compute_grpo_outcome_advantage`, as verl); `halos` against its equation.
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @returns one advantage for each response, in the form of `rewards`; {@link tokenAdvantages} spreads it over the tokens.
 * @throws AdvantageError `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function groupRelativeAdvantages<R extends Rewards>(
  rewards: R,
  options: GroupRelativeOptions = {},
): RewardsLike<R> {
  const names = { groups: true, scale: true, convention: true, epsilon: true, singletons: true } as const
  checkNames('groupRelativeAdvantages', options, { ...names, missing: true })
  const rule = groupRules[conventionOf('groupRelativeAdvantages', options)]
  const { scale = 'group', missing = 'error', epsilon = rule.epsilon } = options
  checkNonNegative('epsilon', epsilon)
  const singletons = singletonsOf(options.singletons ?? rule.singletons)
  const grouped = readWithMissing(rewards, options.groups, missing)
  return rewardsLike(rewards, relative(grouped, { ...rule, scale, epsilon, singletons }), grouped)
}
