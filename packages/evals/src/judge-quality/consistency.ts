import type { Statistic } from '../benchmarks/shared/estimate'
import { pearson } from '../correlation'
import { mean } from '../mean'
import { drawGroups, type Term } from './draw-groups'
import { checkRecords, type JudgeRecord } from './judge-record'
import { type Opinion, opinionsOf, type Question, questionsOf } from './opinions'
import { type JudgeQualityOptions, type JudgeQualitySettings, judgeSettings } from './options'

/** Whether a judge says the same in both orders. */
export interface OrderAgreement {
  /** Share of pairs with the same verdict in both orders. */
  readonly consistent: Statistic
  /** Share for the response shown first, both times. */
  readonly alwaysFirst: Statistic
  /** Share for the response shown second, both times. */
  readonly alwaysSecond: Statistic
  /** Pairs answered in both orders; what is left of them has a tie in one order only. */
  readonly pairs: number
}

/** Whether votes on one question are the same. */
export interface VoteAgreement {
  /** Mean over questions of the share of their pairs of votes that are the same. */
  readonly agreement: Statistic
  /** Mean over questions of the share of votes that the commonest verdict has. */
  readonly majority: Statistic
  /** Questions with two votes or more; abstentions are no votes. */
  readonly questions: number
}

/** Whether a judge says the same at another time. */
export interface RetestAgreement {
  /** Mean over questions of the share of pairs of runs with the same verdict. */
  readonly agreement: Statistic
  /** Mean distance of win probabilities between runs. */
  readonly meanDifference: Statistic
  /**
   * Pearson's correlation of win probabilities between runs, each two runs in both orders; null where they do
   * not vary.
   */
  readonly pearson: number | null
  /** Questions answered in two runs or more. */
  readonly questions: number
}

/** How consistent a judge is with itself. */
export interface JudgeConsistency {
  readonly orders: OrderAgreement
  readonly votes: VoteAgreement
  readonly runs: RetestAgreement
}

/** Sums over a last column that counts. */
const means = (sums: readonly number[]) => sums.slice(0, -1).map((sum) => sum / sums.at(-1)!)

const isAnswered = ({ verdict }: { readonly verdict: string }) => verdict !== 'abstained'

/** All unordered pairs of values. */
const pairsOf = <T>(values: readonly T[]): [T, T][] =>
  values.flatMap((first, i) => values.slice(i + 1).map((second): [T, T] => [first, second]))

function ordersOf(opinions: readonly Opinion[], settings: JudgeQualitySettings): OrderAgreement {
  const terms = opinions.flatMap(({ about, byFirst: { a, b } }): Term[] => {
    if (!(a && b && isAnswered(a) && isAnswered(b))) return []
    const is = (ofA: string, ofB: string) => Number(a.verdict === ofA && b.verdict === ofB)
    return [{ about, numbers: [Number(a.verdict === b.verdict), is('a', 'b'), is('b', 'a'), 1] }]
  })
  const [consistent, alwaysFirst, alwaysSecond] = drawGroups(terms, 4, means, settings)
  return {
    consistent: consistent!,
    alwaysFirst: alwaysFirst!,
    alwaysSecond: alwaysSecond!,
    pairs: terms.length,
  }
}

function votesOf(questions: readonly Question[], settings: JudgeQualitySettings): VoteAgreement {
  const terms = questions.flatMap(({ about, votes }): Term[] => {
    const verdicts = votes.filter(isAnswered).map(({ verdict }) => verdict)
    if (verdicts.length < 2) return []
    const same = pairsOf(verdicts).map(([one, other]) => Number(one === other))
    const most = Math.max(
      ...verdicts.map((wanted) => verdicts.filter((verdict) => verdict === wanted).length),
    )
    return [{ about, numbers: [mean(same), most / verdicts.length, 1] }]
  })
  const [agreement, majority] = drawGroups(terms, 3, means, settings)
  return { agreement: agreement!, majority: majority!, questions: terms.length }
}

function runsOf(questions: readonly Question[], settings: JudgeQualitySettings): RetestAgreement {
  const byQuestion = new Map<string, Question[]>()
  for (const question of questions.filter(isAnswered)) {
    const key = JSON.stringify([question.about.pair, question.about.first])
    const known = byQuestion.get(key)
    if (known) known.push(question)
    else byQuestion.set(key, [question])
  }
  const retested = [...byQuestion.values()].filter((runs) => runs.length >= 2)
  const terms = retested.map((runs): Term => {
    const pairs = pairsOf(runs)
    const same = pairs.map(([one, other]) => Number(one.verdict === other.verdict))
    const distance = pairs.map(([one, other]) => Math.abs(one.winProbability! - other.winProbability!))
    return { about: runs[0]!.about, numbers: [mean(same), mean(distance), 1] }
  })
  const both = retested.flatMap((runs) => pairsOf(runs).flatMap((pair) => [pair, pair.toReversed()]))
  const column = (at: number) => both.map((pair) => pair[at]!.winProbability!)
  const [agreement, meanDifference] = drawGroups(terms, 3, means, settings)
  return {
    agreement: agreement!,
    meanDifference: meanDifference!,
    pearson: both.length === 0 ? null : pearson(column(0), column(1)),
    questions: terms.length,
  }
}

/** {@link judgeConsistency} of records that are checked. */
export function consistencyOf(
  records: readonly JudgeRecord[],
  settings: JudgeQualitySettings,
): JudgeConsistency {
  const questions = questionsOf(records)
  return {
    orders: ordersOf(opinionsOf(records), settings),
    votes: votesOf(questions, settings),
    runs: runsOf(questions, settings),
  }
}

/**
 * How often a judge agrees with itself: in the other order, in another vote, at another time. Where votes or runs are
 * several, the verdict is that of most votes. Parts without records to make them of have null values.
 *
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `INVALID_OUTCOME`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function judgeConsistency(
  records: readonly JudgeRecord[],
  options: JudgeQualityOptions = {},
): JudgeConsistency {
  const settings = judgeSettings('judgeConsistency', options)
  checkRecords(records)
  return consistencyOf(records, settings)
}
