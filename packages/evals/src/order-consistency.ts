import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapRatio,
  resamplingNames,
} from './bootstrap-interval'
import { checkFinite, checkNotEmpty, checkOptions, checkSameLength } from './check-input'
import { spearman } from './correlation'
import { countOrderings, kendallTauOf, type Orderings } from './count-orderings'
import { EvalsError } from './evals-error'
import { groupBy, type Labels, takeRows } from './group-by'

/** Options of {@link orderConsistency}. */
export interface OrderConsistencyOptions extends Omit<BootstrapOptions, 'groups'> {
  /** Prompt of each response: only responses of one prompt are compared. Default: all are. */
  groups?: Labels
}

/** What {@link orderConsistency} found. */
export interface OrderConsistency {
  /** Share of pairs, among those the golden scores order, that the scores order the same way; in [0, 1]. */
  agreement: number
  /** The paper's expectation taken literally: sign equals sign, so a tie agrees with a tie only. */
  signAgreement: number
  /** Pairs of responses compared. */
  pairs: number
  /** Pairs with equal golden scores; they have no order to agree with. */
  goldenTies: number
  /** Pairs the golden scores order and the scores do not; counted as disagreement. */
  scoreTies: number
  /** Kendall's τ-b, the mean over groups where it is defined; null where it is defined for none. */
  kendallTau: number | null
  /** Spearman's ρ, the mean over groups where it is defined; null where it is defined for none. */
  spearman: number | null
  /** Number of groups that hold an ordered pair (1 without groups). */
  groups: number
  /**
   * Of `agreement`, resampling groups; null without groups, because pairs that share a response are not
   * independent and there is then nothing sound to resample, and with fewer than 2 that hold an ordered pair.
   */
  bootstrap: BootstrapInterval | null
}

const meanOf = (values: (number | null)[]): number | null => {
  const defined = values.filter((value) => value !== null)
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length
}

const total = (orderings: Orderings[], key: keyof Orderings) =>
  orderings.reduce((sum, one) => sum + one[key], 0)

/** Agreement's interval, drawing whole groups. */
const agreementInterval = (orderings: Orderings[], options: BootstrapOptions) =>
  bootstrapRatio(
    orderings.map(({ concordant }) => concordant),
    orderings.map(({ concordant, discordant, tiedX }) => concordant + discordant + tiedX),
    options,
  )

/**
 * How well scores order responses as an oracle's golden scores do.
 *
 * Order consistency, E 1[sign(r̂₁ − r̂₂) = sign(r₁ − r₂)] (2411.04991, Definition 8), over every pair of responses,
 * or every pair within a group; Kendall's τ-b and Spearman's ρ besides.
 *
 * @param scores the model's scores r̂, finite
 * @param golden the oracle's scores r, as many, finite
 * @throws EvalsError `INVALID_INPUT`, `EMPTY` (also when the golden scores order no pair), `LENGTH_MISMATCH`,
 *   `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function orderConsistency(
  scores: ArrayLike<number>,
  golden: ArrayLike<number>,
  options: OrderConsistencyOptions = {},
): OrderConsistency {
  checkOptions('orderConsistency', options, { groups: true, ...resamplingNames })
  const { groups, ...bootstrap } = options
  checkNotEmpty('scores', scores)
  checkSameLength({ scores, golden, groups })
  checkFinite('scores', scores)
  checkFinite('golden', golden)
  const rows = groups ? [...groupBy(groups).values()] : [Array.from(scores, (_, i) => i)]
  const columns = rows.map((row) => ({ x: takeRows(scores, row), y: takeRows(golden, row) }))
  const orderings = columns.map(({ x, y }) => countOrderings(x, y))
  const pairs = total(orderings, 'pairs')
  const concordant = total(orderings, 'concordant')
  const scoreTies = total(orderings, 'tiedX')
  const ordered = concordant + total(orderings, 'discordant') + scoreTies
  if (ordered === 0) {
    const message = 'golden orders no pair of responses; expected two different golden scores in one group'
    throw new EvalsError('EMPTY', 'golden', message)
  }
  const withOrder = orderings.filter((one) => one.concordant + one.discordant + one.tiedX > 0)
  return {
    agreement: concordant / ordered,
    signAgreement: (concordant + total(orderings, 'tiedBoth')) / pairs,
    pairs,
    goldenTies: pairs - ordered,
    scoreTies,
    kendallTau: meanOf(orderings.map(kendallTauOf)),
    spearman: meanOf(columns.map(({ x, y }) => spearman(x, y))),
    groups: withOrder.length,
    bootstrap: groups && withOrder.length >= 2 ? agreementInterval(withOrder, bootstrap) : null,
  }
}
