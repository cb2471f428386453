import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { readLengths } from '../lengths'
import { type Rewards, type RewardsLike, rewardsLike } from '../rewards'
import { whiteningRules, whitenWeighted } from '../whitening'
import { type GroupOptions, readGrouped } from './groups'
import { centred } from './relative-rewards'
import { type Singletons, singletonsOf } from './singletons'

/**
 * How the advantages are whitened, as in {@link whiten}, and how a group of one is treated: in `openrlhf` it is 0 before
 * whitening, in `verl` it keeps its reward.
 */
export type ReinforceBaselineConvention = Convention<'reinforcePlusPlusBaselineAdvantages'>

/** Options of {@link reinforcePlusPlusBaselineAdvantages}. */
export interface ReinforcePlusPlusBaselineOptions extends GroupOptions {
  /** Sets the whitening and the treatment of groups of one. Default: `openrlhf`. */
  convention?: ReinforceBaselineConvention
  /** How groups of one are treated, before whitening. Default: as in the convention. */
  singletons?: Singletons
}

const singletonRules: Readonly<Record<ReinforceBaselineConvention, Singletons>> = {
  openrlhf: 'zero',
  verl: 'keep',
}

/**
 * REINFORCE++ with a baseline: R − μ of the group, whitened over all tokens of the batch, so that each response counts
 * once for each of its tokens; a response without tokens gets 0.
 *
 * Source: 2501.03262. Proven against verl 0.9.1 (`compute_reinforce_plus_plus_baseline_outcome_advantage`), OpenRLHF
 * 0.11.2 (`reinforce_baseline`), without KL penalty.
 *
 * @param rewards `[B]` with `groups`, or a row for each group.
 * @param lengths tokens of each response, 0 or more, in the form of `rewards`.
 * @returns one advantage for each response, in the form of `rewards`; {@link tokenAdvantages} spreads it over the tokens.
 * @throws AdvantageError `TOO_FEW` for a total of fewer than 2 tokens (1 for `openrlhf`); `SHAPE_MISMATCH`,
 *   `MISSING_INPUT`, `NOT_FINITE`, `OUT_OF_RANGE` for lengths, `INVALID_OPTION`, `OVERFLOW`.
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
  const from = { values: 'rewards', weights: 'lengths' } as const
  const white = whitenWeighted(relative, weights, { rule: whiteningRules[convention], from })
  return rewardsLike(rewards, white, grouped)
}
