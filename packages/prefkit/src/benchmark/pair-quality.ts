import { type Interval, type LengthBias, wilsonInterval } from '@prefkit/evals'
import {
  type JudgeQuality,
  type JudgeQualityOptions,
  type JudgeRecord,
  judgeQuality,
} from '@prefkit/evals/judge-quality'
import type { ItemResult, ItemVote } from './item-result'
import type { BenchmarkItem, ItemLabel } from './open-benchmark'
import { pairOfItem } from './pair-of-item'

type Verdict = JudgeRecord['verdict']

const others: Readonly<Record<Verdict, Verdict>> = { a: 'b', b: 'a', tie: 'tie', abstained: 'abstained' }
const otherOf = <Side extends Verdict>(side: Side): Side => others[side] as Side

/** What is said of a pair, the other way round. */
const turned = ({ first, verdict, winProbability, label, lengthA, lengthB, ...rest }: JudgeRecord) => ({
  ...rest,
  first: otherOf(first),
  verdict: otherOf(verdict),
  ...(winProbability !== undefined && { winProbability: 1 - winProbability }),
  ...(label !== undefined && { label: otherOf(label) }),
  lengthA: lengthB!,
  lengthB: lengthA!,
})

/** Where nothing is known of single votes, what came of an item is one, in the order that the item has. */
const votesOf = ({ votes, outcome, winProbability }: ItemResult): readonly ItemVote[] => {
  if (votes) return votes
  const verdict = (outcome as { verdict?: Verdict } | null)?.verdict
  return verdict === undefined
    ? []
    : [{ first: 'a', verdict, ...(winProbability !== undefined && { winProbability }) }]
}

/** The votes on items that are pairs; both orders of a pair are votes on the same one. */
export const votesOnPairs = (
  items: readonly BenchmarkItem[],
  labels: readonly ItemLabel[] | undefined,
  results: readonly ItemResult[],
): JudgeRecord[] =>
  items.flatMap(({ id, a, b }, i) => {
    const { pair, isSwapped } = pairOfItem(id)
    const { row, expected } = labels?.[i] ?? {}
    return votesOf(results[i]!).map((vote): JudgeRecord => {
      const record = {
        ...vote,
        pair,
        ...(row !== undefined && { group: row }),
        ...(typeof expected === 'string' && { label: expected }),
        lengthA: a!.length,
        lengthB: b!.length,
      }
      return isSwapped ? turned(record) : record
    })
  })

type Share = JudgeQuality['position']['front']

/** Where all draws come to the same, the bootstrap knows no doubt: each cluster is a trial then. */
function withDoubt({ value, interval }: Share): Share {
  if (value === null || interval === null || interval.low < interval.high) return { value, interval }
  const { clusters } = interval as { readonly clusters?: number }
  const doubtful: Interval | null = clusters ? wilsonInterval(value * clusters, clusters) : null
  return { value, interval: doubtful }
}

/** A difference is no share: without doubt it has no interval. */
const withoutCertainty = ({ value, interval }: Share): Share => ({
  value,
  interval: interval && interval.low < interval.high ? interval : null,
})

function doubted(quality: JudgeQuality): JudgeQuality {
  const { position, consistency } = quality
  const { front, back, gap, firstChosen } = position
  const { orders } = consistency
  const { consistent, alwaysFirst, alwaysSecond } = orders
  return {
    ...quality,
    position: {
      ...position,
      front: withDoubt(front),
      back: withDoubt(back),
      gap: withoutCertainty(gap),
      firstChosen: withDoubt(firstChosen),
    },
    consistency: {
      ...consistency,
      orders: {
        ...orders,
        consistent: withDoubt(consistent),
        alwaysFirst: withDoubt(alwaysFirst),
        alwaysSecond: withDoubt(alwaysSecond),
      },
    },
  }
}

/** Whether there are pairs by which it can be told if a judge follows length. */
export const saysOfLength = ({ chosenLonger, chosenShorter }: LengthBias): boolean =>
  chosenLonger.count + chosenShorter.count > 0

/**
 * How far a judge of pairs is to be trusted: its liking for a place, its consistency, whether its probabilities are honest and
 * whether it follows length. Intervals draw rows of the benchmark. Nothing where no vote is known, as of reward models, which
 * see no order.
 */
export function pairQuality(
  items: readonly BenchmarkItem[],
  labels: readonly ItemLabel[] | undefined,
  results: readonly ItemResult[],
  options: JudgeQualityOptions = {},
): JudgeQuality | undefined {
  const votes = votesOnPairs(items, labels, results)
  return votes.length === 0 ? undefined : doubted(judgeQuality(votes, options))
}
