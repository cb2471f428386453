import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { readLengths } from '../lengths'
import { whiteningRules, whitenWeighted } from '../tokens/whiten'
import { centred, type Singletons, singletonsOf } from './group-relative-advantages'
import { type GroupOptions, type Rewards, type RewardsLike, readGrouped, rewardsLike } from './groups'

/** Whose whitening, and whose groups of one. */
export type ReinforceBaselineConvention = Convention<'reinforcePlusPlusBaselineAdvantages'>

/** Options of {@link reinforcePlusPlusBaselineAdvantages}. */
export interface ReinforcePlusPlusBaselineOptions extends GroupOptions {
  /**
   * Whose whitening; and a group of one keeps its reward in `verl`, and has 0 before whitening in `openrlhf`.
   * Default: `verl`.
   */
  convention?: ReinforceBaselineConvention
  /** What becomes of groups of one, before whitening. Default: as in the convention. */
  singletons?: Singletons
}

const singletonRules: Readonly<Record<ReinforceBaselineConvention, Singletons>> = {
  verl: 'keep',
  openrlhf: 'zero',
}

/**
 * REINFORCE++ with a baseline: R − μ of the group, whitened over all tokens of the batch, so that each response counts
 * once for each of its tokens; one without tokens gets 0.
 *
 * Source: 2501.03262. Proven against verl 0.9.1 (`compute_reinforce_plus_plus_baseline_outcome_advantage`), OpenRLHF
 * 0.11.2 (`reinforce_baseline`), without KL penalty.
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @param lengths tokens of each response, 0 or more, in the form of `rewards`.
 * @returns one advantage for each response, in the form of `rewards`; {@link tokenAdvantages} gives it to the tokens.
 * @throws AdvantageError `TOO_FEW` for fewer than 2 tokens in all (1 for `openrlhf`); `SHAPE_MISMATCH`, `NOT_FINITE`,
 *   `OUT_OF_RANGE`, `INVALID_OPTION`, `OVERFLOW`.
 */
export function reinforcePlusPlusBaselineAdvantages<R extends Rewards>(
  rewards: R,
  lengths: Rewards,
  options: ReinforcePlusPlusBaselineOptions = {},
): RewardsLike<R> {
  const names = { groups: true, convention: true, singletons: true } as const
  checkNames('reinforcePlusPlusBaselineAdvantages', options, names)
  const convention = conventionOf('reinforcePlusPlusBaselineAdvantages', options)
  const grouped = readGrouped(rewards, options.groups)
  const weights = readLengths(lengths, grouped)
  const relative = centred(grouped, singletonsOf(options.singletons ?? singletonRules[convention]))
  const how = { rule: whiteningRules[convention], shiftMean: true, scale: true }
  return rewardsLike(rewards, whitenWeighted(relative, weights, how), grouped)
}
