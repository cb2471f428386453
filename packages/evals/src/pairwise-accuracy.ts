import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapInterval,
  resamplingNames,
} from './bootstrap-interval'
import { checkOptions, checkScorePairs, type OptionNames } from './check-input'
import { EvalsError } from './evals-error'
import { type Interval, wilsonInterval } from './wilson-interval'

/**
 * How a comparison whose two scores are equal counts: `wrong` (RewardBench: only a strictly greater score wins),
 * `half` (a coin flip), or `exclude` (left out of the total).
 */
export type TieRule = 'wrong' | 'half' | 'exclude'

/** Options of {@link pairwiseAccuracy}. */
export interface PairwiseAccuracyOptions extends Omit<BootstrapOptions, 'groups'> {
  /** How equal scores count. Default `wrong`. */
  ties?: TieRule
  /** Cluster of each comparison, such as its prompt; asks for a bootstrap over clusters as well. */
  groups?: BootstrapOptions['groups']
  /** Ask for the bootstrap even without groups. Default: only when groups are given. */
  bootstrap?: boolean
}

/** What {@link pairwiseAccuracy} found. */
export interface PairwiseAccuracy {
  /** (correct + credit for ties) / total, in [0, 1]. */
  accuracy: number
  /** Comparisons whose chosen score is strictly greater. */
  correct: number
  /** Comparisons whose rejected score is strictly greater. */
  wrong: number
  /** Comparisons whose scores are equal. */
  ties: number
  /** The denominator: all comparisons, less the ties when they are excluded. */
  total: number
  tieRule: TieRule
  /** Wilson's interval, which takes comparisons as independent. */
  wilson: Interval
  /** The bootstrap's interval, when asked for; absent below 2 clusters, whose resamples are all alike. */
  bootstrap?: BootstrapInterval
}

const names: OptionNames<PairwiseAccuracyOptions> = {
  ties: true,
  groups: true,
  bootstrap: true,
  ...resamplingNames,
}

const TIE_CREDIT = { wrong: 0, half: 0.5, exclude: undefined } as const

/**
 * Share of comparisons in which the chosen response scores strictly higher, with confidence intervals.
 *
 * accuracy = mean 1[s_chosen > s_rejected], as RewardBench counts it (2403.13787); ties are counted and reported.
 *
 * @param chosenScores one finite score a comparison
 * @param rejectedScores as many
 * @throws EvalsError `INVALID_INPUT`, `EMPTY` (also when every pair is an excluded tie), `LENGTH_MISMATCH`,
 *   `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function pairwiseAccuracy(
  chosenScores: ArrayLike<number>,
  rejectedScores: ArrayLike<number>,
  options: PairwiseAccuracyOptions = {},
): PairwiseAccuracy {
  checkOptions('pairwiseAccuracy', options, names)
  const { ties: tieRule = 'wrong', groups, bootstrap = groups !== undefined, ...resampling } = options
  checkScorePairs(chosenScores, rejectedScores)
  if (!Object.hasOwn(TIE_CREDIT, tieRule)) {
    const message = `ties is ${String(tieRule)}; expected ${Object.keys(TIE_CREDIT).join(', ')}`
    throw new EvalsError('OUT_OF_RANGE', 'ties', message)
  }
  if (groups && groups.length !== chosenScores.length) {
    const message = `groups has ${groups.length} values and chosenScores has ${chosenScores.length}; expected as many`
    throw new EvalsError('LENGTH_MISMATCH', 'groups', message)
  }
  const credit = TIE_CREDIT[tieRule]
  const credits: number[] = []
  const labels: (string | number)[] = []
  let correct = 0
  let ties = 0
  for (let i = 0; i < chosenScores.length; i++) {
    const difference = chosenScores[i]! - rejectedScores[i]!
    if (difference > 0) correct++
    if (difference === 0) ties++
    const value = difference === 0 ? credit : Number(difference > 0)
    if (value === undefined) continue
    credits.push(value)
    if (groups) labels.push(groups[i]!)
  }
  const total = credits.length
  if (total === 0) {
    const message = `all ${ties} comparisons are ties and ties are excluded; expected one comparison that is not`
    throw new EvalsError('EMPTY', 'chosenScores', message)
  }
  const won = credits.reduce((sum, value) => sum + value, 0)
  const result: PairwiseAccuracy = {
    accuracy: won / total,
    correct,
    wrong: chosenScores.length - correct - ties,
    ties,
    total,
    tieRule,
    wilson: wilsonInterval(won, total, resampling.confidence),
  }
  const clusters = groups ? new Set(labels).size : total
  if (bootstrap && clusters >= 2)
    result.bootstrap = bootstrapInterval(credits, { ...resampling, ...(groups && { groups: labels }) })
  return result
}
