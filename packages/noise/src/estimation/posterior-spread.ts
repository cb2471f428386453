import { expectedOf } from './expectation-maximisation'
import type { VoteTable } from './votes'

/** With fewer pseudo-votes, one vote would be taken for certainty. It is what Jeffreys' prior has of each alternative. */
const leastPrior = 0.5

/** Votes that one probability is estimated from: those for it and those against it. */
interface Evidence {
  /** Expected votes for it, and pseudo-votes. */
  readonly right: number
  readonly wrong: number
  readonly priorRight: number
  readonly priorWrong: number
  /** Variance of (votes for it − mean · all votes that count), as true labels are not known. Default: 0. */
  readonly doubt?: (mean: number) => number
}

/**
 * How far a probability may be from its estimate, by the law of total variance: the spread of the Beta posterior were
 * the true labels known, and what it moves by as they are not. NaN where no vote bears on it and there is no prior.
 */
export function posteriorSpread(evidence: Evidence): number {
  const { right, wrong, priorRight, priorWrong, doubt = () => 0 } = evidence
  if (right + wrong + priorRight + priorWrong === 0) return Number.NaN
  const one = right + Math.max(priorRight, leastPrior)
  const other = wrong + Math.max(priorWrong, leastPrior)
  const total = one + other
  const mean = one / total
  const known = (mean * (1 - mean)) / (total + 1)
  return Math.sqrt(known + doubt(mean) / total ** 2)
}

/** Votes whose true labels are not known. */
export interface DoubtfulVotes {
  /** `[annotators, classes, classes]` Expected votes by true label and label given. */
  readonly votes: Float64Array
  /** `[annotators, classes, classes]` Their variance: Σ q(1 − q) over votes whose true label it is with probability q. */
  readonly doubts: Float64Array
}

/** Votes and their variance under these posteriors. */
export function doubtfulVotes(table: VoteTable, posteriors: Float64Array): DoubtfulVotes {
  const { votes } = expectedOf(table, posteriors)
  const squares = expectedOf(
    table,
    posteriors.map((q) => q * q),
  ).votes
  return { votes, doubts: votes.map((sum, cell) => Math.max(0, sum - squares[cell]!)) }
}

/**
 * The larger of two standard errors, entry by entry: resampled items say how much the others and the true labels bear on
 * an estimate, but hardly any resample moves that of an annotator with one or two votes off its prior.
 */
export const largerOf = (resampled: Float64Array, posterior: Float64Array): Float64Array =>
  resampled.map((error, i) => {
    if (Number.isNaN(error)) return posterior[i]!
    return Number.isNaN(posterior[i]!) ? error : Math.max(error, posterior[i]!)
  })
