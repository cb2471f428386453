import type { Parsed } from '../parsed'

/** Metrics of a batch of rollouts on pairs, under TRL's names where it has one; NaN where there is nothing to average. */
export interface PairMetrics {
  /** Mean of R over rollouts. */
  readonly reward: number
  /** Standard deviation of R over rollouts, over n − 1; NaN below two. */
  readonly reward_std: number
  /** Mean of R_PAR over rollouts. */
  readonly 'rewards/par/mean': number
  /** Mean of R_format over rollouts. */
  readonly 'rewards/format/mean': number
  /** Mean over pairs of the chosen response's mean score, where both responses have a score. */
  readonly 'rewards/chosen': number
  /** Mean over pairs of the rejected response's mean score, likewise. */
  readonly 'rewards/rejected': number
  /** Mean over pairs of the difference of the two. */
  readonly 'rewards/margins': number
  /** Share of pairs whose chosen response has the greater mean score, of those where both have a score. */
  readonly 'rewards/accuracies': number
  /** Share of pairs where both responses have a score. */
  readonly 'pairs/scored': number
  /** Share of texts whose answer stands where and as it was asked for. */
  readonly 'parse/exact': number
  /** Share of texts whose one answer is not as it was asked for. */
  readonly 'parse/recovered': number
  /** Share of texts with answers that contradict each other. */
  readonly 'parse/ambiguous': number
  /** Share of texts without an answer. */
  readonly 'parse/missing': number
}

interface Batch {
  readonly chosenScores: readonly (readonly number[])[]
  readonly rejectedScores: readonly (readonly number[])[]
  readonly rewards: Float64Array
  readonly parRewards: Float64Array
  readonly formatRewards: Float64Array
  readonly parses: readonly Parsed<unknown>[]
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: Float64Array): number {
  const centre = mean(values)
  // Of nothing, 0/−1 would be −0.
  if (values.length < 2) return Number.NaN
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

const meanScore = (scores: readonly number[]) => mean(scores.filter((score) => !Number.isNaN(score)))

export function pairMetrics(batch: Batch): PairMetrics {
  const chosen = batch.chosenScores.map(meanScore)
  const rejected = batch.rejectedScores.map(meanScore)
  const scored = chosen.map((_, i) => i).filter((i) => !Number.isNaN(chosen[i]! - rejected[i]!))
  const share = (status: Parsed<unknown>['status']) =>
    batch.parses.filter((parsed) => parsed.status === status).length / batch.parses.length
  return {
    reward: mean(batch.rewards),
    reward_std: deviation(batch.rewards),
    'rewards/par/mean': mean(batch.parRewards),
    'rewards/format/mean': mean(batch.formatRewards),
    'rewards/chosen': mean(scored.map((i) => chosen[i]!)),
    'rewards/rejected': mean(scored.map((i) => rejected[i]!)),
    'rewards/margins': mean(scored.map((i) => chosen[i]! - rejected[i]!)),
    'rewards/accuracies': mean(scored.map((i) => Number(chosen[i]! > rejected[i]!))),
    'pairs/scored': scored.length / chosen.length,
    'parse/exact': share('exact'),
    'parse/recovered': share('recovered'),
    'parse/ambiguous': share('ambiguous'),
    'parse/missing': share('missing'),
  }
}
