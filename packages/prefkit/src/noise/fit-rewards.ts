import { fitBradleyTerry } from '@prefkit/noise'
import type { PairList } from './collect-labels'
import type { ScoreTable } from './score-table'

/** Outcomes of pairs: how often each counts for its first response, and for its second. */
export interface Outcomes extends PairList {
  readonly forFirst: ArrayLike<number>
  readonly forSecond: ArrayLike<number>
}

/** Rows of one outcome each, as a fit takes them. */
function weightedRows({ first, second, forFirst, forSecond }: Outcomes) {
  const pairs = Array.from({ length: first.length }, (_, i) => i)
  return {
    first: pairs.flatMap((i) => [first[i]!, first[i]!]),
    second: pairs.flatMap((i) => [second[i]!, second[i]!]),
    outcomes: pairs.flatMap(() => [1, 0]),
    weights: pairs.flatMap((i) => [forFirst[i]!, forSecond[i]!]),
  }
}

/** Rewards wᵀφ, w fitted to differences of features. */
function linearRewards(features: readonly number[][], outcomes: Outcomes, alpha: number): Float64Array {
  const rows = weightedRows(outcomes)
  const width = features[0]!.length
  const difference = (k: number) =>
    Float64Array.from(rows.first, (row, i) => features[row]![k]! - features[rows.second[i]!]![k]!)
  const covariates = Object.fromEntries(Array.from({ length: width }, (_, k) => [`${k}`, difference(k)]))
  // Two players of strength 0 all the time: only the covariates of a comparison are to tell.
  const sides = { first: rows.first.map(() => 'a'), second: rows.first.map(() => 'b') }
  const none = new Map([
    ['a', 0],
    ['b', 0],
  ])
  const { coefficients } = fitBradleyTerry(
    { ...sides, outcomes: rows.outcomes, weights: rows.weights, covariates },
    { playerCovariates: { none }, alpha: 1, covariateAlpha: alpha },
  )
  return Float64Array.from(features, (row) =>
    row.reduce((sum, value, k) => sum + value * coefficients[`${k}`]!, 0),
  )
}

/** A strength for each response, 0 for those that were not compared. */
function freeRewards(count: number, outcomes: Outcomes, alpha: number): Float64Array {
  const rewards = new Float64Array(count)
  const { players, strengths } = fitBradleyTerry(weightedRows(outcomes), { alpha })
  for (const [i, player] of players.entries()) rewards[player as number] = strengths[i]!
  return rewards
}

/**
 * Rewards by Bradley–Terry with a Gaussian prior of variance 1/(2α): a linear function of the table's features or, where it has
 * none, one number for each response. In units of log-odds.
 */
export const fitRewards = (
  { features, scores }: ScoreTable,
  outcomes: Outcomes,
  alpha: number,
): Float64Array =>
  features ? linearRewards(features, outcomes, alpha) : freeRewards(scores.length, outcomes, alpha)
