import { checkNames, checkRange, choose } from '../check-options'
import type { Name } from '../names'
import { NoiseError } from '../noise-error'
import { type Estimate, jackknife } from './jackknife'
import { labelCounts, type Votes, voteTable } from './votes'

/** Options of {@link pairwiseAgreement}. */
export interface PairwiseAgreementOptions {
  /**
   * What counts alike: `items`, the mean over items of their share of agreeing pairs of votes; or `pairs`, the share
   * among all pairs of votes, so that items with more votes count more. Default: `items`.
   */
  weighting?: 'items' | 'pairs'
}

/** Agreement, and what it was counted from. */
export interface Agreement extends Estimate {
  /** Items with two votes or more. */
  readonly items: number
  /** Pairs of votes on one item. */
  readonly pairs: number
}

type Weight = (pairs: number) => number
const weightings: Readonly<Record<'items' | 'pairs', Weight>> = {
  items: () => 1,
  pairs: (pairs) => pairs,
}

/** What each item with two votes or more adds to: agreement, weight, pairs. */
function agreementRows(counts: Float64Array, classes: number, weightOf: Weight): Float64Array {
  const rows: number[] = []
  for (let at = 0; at < counts.length; at += classes) {
    const votes = counts.subarray(at, at + classes)
    const size = votes.reduce((sum, count) => sum + count, 0)
    if (size < 2) continue
    const agreeing = votes.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
    const pairs = (size * (size - 1)) / 2
    const weight = weightOf(pairs)
    rows.push((weight * agreeing) / pairs, weight, pairs)
  }
  return Float64Array.from(rows)
}

/** Throws `TOO_FEW` where no item has two votes. */
export function checkOverlap(items: number): void {
  if (items > 0) return
  const message = 'items: no item has two votes; expected at least one that has'
  throw new NoiseError('TOO_FEW', 'items', message)
}

/**
 * How often two votes on one item are the same. Items with one vote say nothing and are left out. The standard error is
 * from leaving out one item at a time.
 *
 * Source: this package. Proven against its equation, and against the spread over simulated annotators.
 *
 * @throws NoiseError `TOO_FEW` where no item has two votes; `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function pairwiseAgreement(votes: Votes, options: PairwiseAgreementOptions = {}): Agreement {
  checkNames('pairwiseAgreement', options, { weighting: true })
  const weightOf = choose('weighting', options.weighting ?? 'items', weightings)
  const table = voteTable(votes)
  const rows = agreementRows(labelCounts(table), table.classes.length, weightOf)
  checkOverlap(rows.length)
  const estimate = jackknife(rows, 3, ([agreeing, weight]) => agreeing! / weight!)
  const pairs = rows.reduce((sum, value, at) => (at % 3 === 2 ? sum + value : sum), 0)
  return { ...estimate, items: rows.length / 3, pairs }
}

/**
 * The rate ε of random flips that explains an agreement p of two votes, were all votes right but for flips of their
 * own, alike for every annotator and item: 2ε² − 2ε + 1 = p, so ε = (1 − √(2p − 1))/2. Where items differ in
 * difficulty or annotators in ability, it is a summary and not the rate of anyone.
 *
 * Source: its equation. Proven against its equation, and against simulated annotators.
 *
 * @param agreement of two choices, ties left out, as from `pairwiseAgreement(votesWithout(votes, 0))`, or a number;
 *   from ½ to 1.
 * @returns ε, with the standard error that follows from that of p; NaN at p = ½, where ε has none, and without one of
 *   p.
 * @throws NoiseError `UNREACHABLE` below ½; `OUT_OF_RANGE`.
 */
export function impliedFlipRate(agreement: number | Estimate): Estimate {
  const { value, standardError } =
    typeof agreement === 'object' && agreement !== null
      ? agreement
      : { value: agreement, standardError: Number.NaN }
  checkRange('agreement', value, 0, 1)
  if (value < 0.5) {
    const message = `agreement is ${value}; expected at least 0.5, as of two votes that are flipped alike`
    throw new NoiseError('UNREACHABLE', 'agreement', message)
  }
  const root = Math.sqrt(2 * value - 1)
  return { value: (1 - root) / 2, standardError: root === 0 ? Number.NaN : standardError / (2 * root) }
}

/** How often votes agree with the majority of the others. */
export interface AgreementWithOthers extends Estimate {
  /** Votes that a majority of the others could be found for. */
  readonly votes: number
  /** Votes without: the only one on the item, or the others were split evenly. */
  readonly undecided: number
  /** Who voted. */
  readonly annotators: readonly Name[]
  /** `[annotators]` The share of each one's votes; NaN for who has none that count. */
  readonly byAnnotator: Float64Array
  /** `[annotators]` How many of each one's votes count. */
  readonly votesByAnnotator: Int32Array
}

/** The class that most of `counts` have, without one vote for `own`; −1 for none. */
function majorityWithout(counts: Float64Array, own: number): number {
  let [best, most, tied] = [-1, 0, false]
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]! - Number(k === own)
    if (count > most) [best, most, tied] = [k, count, false]
    else if (count === most) tied = true
  }
  return tied ? -1 : best
}

/**
 * How often a vote is what most of the other votes on the item are. Where the others are split evenly, or there are
 * none, the vote is left out. The standard error is from leaving out one item at a time.
 *
 * Source: this package. Proven against its equation.
 *
 * @throws NoiseError `TOO_FEW` where no vote counts; `SHAPE_MISMATCH`, `OUT_OF_RANGE`, `INVALID_OPTION`.
 */
export function agreementWithOthers(votes: Votes): AgreementWithOthers {
  const table = voteTable(votes)
  const { items, annotators, classes, start, annotatorOf, labelOf } = table
  const counts = labelCounts(table)
  const rows = new Float64Array(2 * items.length)
  const agreeing = new Float64Array(annotators.length)
  const votesByAnnotator = new Int32Array(annotators.length)
  for (let item = 0; item < items.length; item++) {
    const own = counts.subarray(item * classes.length, (item + 1) * classes.length)
    for (let vote = start[item]!; vote < start[item + 1]!; vote++) {
      const majority = majorityWithout(own, labelOf[vote]!)
      if (majority < 0) continue
      const agrees = Number(majority === labelOf[vote])
      rows[2 * item]! += agrees
      rows[2 * item + 1]! += 1
      agreeing[annotatorOf[vote]!]! += agrees
      votesByAnnotator[annotatorOf[vote]!]! += 1
    }
  }
  const counted = votesByAnnotator.reduce((sum, count) => sum + count, 0)
  checkOverlap(counted)
  return {
    ...jackknife(rows, 2, ([agree, all]) => agree! / all!),
    votes: counted,
    undecided: labelOf.length - counted,
    annotators,
    byAnnotator: agreeing.map((agree, a) => agree / votesByAnnotator[a]!),
    votesByAnnotator,
  }
}
