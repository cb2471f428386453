import { mean } from '../mean'
import { checkAreRecords, type JudgeRecord, type JudgeVerdict } from './judge-record'

/** All votes on one question: a pair in one order, at one time. */
export interface Question {
  /** The first of its records, which has what belongs to the pair. */
  readonly about: JudgeRecord
  readonly votes: readonly JudgeRecord[]
  /** What most votes say: a tie where as many say a as b, abstained where none says anything. */
  readonly verdict: JudgeVerdict
  /** Mean P(a is better) of the votes; undefined where none says anything. */
  readonly winProbability: number | undefined
}

/** What a judge thinks of a pair at one time, all orders and votes together. */
export interface Opinion {
  readonly about: JudgeRecord
  /** By order of showing, where asked. */
  readonly byFirst: Readonly<Partial<Record<'a' | 'b', Question>>>
  /** Mean over orders; undefined where the judge says nothing. */
  readonly winProbability: number | undefined
  /** Whether any vote came with a probability. */
  readonly hasProbability: boolean
  /** By which side of ½ the probability is on. */
  readonly verdict: JudgeVerdict
}

const certain: Readonly<Record<JudgeVerdict, number | undefined>> = {
  a: 1,
  b: 0,
  tie: 0.5,
  abstained: undefined,
}

/** P(a is better) by one vote; undefined for an abstention. */
const voteProbability = ({ verdict, winProbability }: JudgeRecord): number | undefined =>
  verdict === 'abstained' ? undefined : (winProbability ?? certain[verdict])

const meanOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : mean(known)
}

const verdictOfSign = (difference: number): JudgeVerdict => {
  if (difference === 0) return 'tie'
  return difference > 0 ? 'a' : 'b'
}

function groupRecords(records: readonly JudgeRecord[], keyOf: (record: JudgeRecord) => unknown[]) {
  checkAreRecords(records)
  const groups = new Map<string, JudgeRecord[]>()
  for (const record of records) {
    const key = JSON.stringify(keyOf(record))
    const known = groups.get(key)
    if (known) known.push(record)
    else groups.set(key, [record])
  }
  return [...groups.values()]
}

function questionOf(votes: readonly JudgeRecord[]): Question {
  const count = (wanted: JudgeVerdict) => votes.filter(({ verdict }) => verdict === wanted).length
  const answered = votes.length - count('abstained')
  return {
    about: votes[0]!,
    votes,
    verdict: answered === 0 ? 'abstained' : verdictOfSign(count('a') - count('b')),
    winProbability: meanOf(votes.map(voteProbability)),
  }
}

/**
 * The questions that records are votes on, in order of first appearance.
 * @throws EvalsError `INVALID_INPUT`, `INVALID_OUTCOME`.
 */
export const questionsOf = (records: readonly JudgeRecord[]): Question[] =>
  groupRecords(records, ({ pair, first, run = 0 }) => [pair, first, run]).map(questionOf)

function opinionOf(records: readonly JudgeRecord[]): Opinion {
  const questions = questionsOf(records)
  const winProbability = meanOf(questions.map((question) => question.winProbability))
  return {
    about: records[0]!,
    byFirst: Object.fromEntries(questions.map((question) => [question.about.first, question])),
    winProbability,
    hasProbability: records.some((record) => record.winProbability !== undefined),
    verdict: winProbability === undefined ? 'abstained' : verdictOfSign(winProbability - 0.5),
  }
}

/**
 * What the judge thinks of each pair at each time, in order of first appearance.
 * @throws EvalsError `INVALID_INPUT`, `INVALID_OUTCOME`.
 */
export const opinionsOf = (records: readonly JudgeRecord[]): Opinion[] =>
  groupRecords(records, ({ pair, run = 0 }) => [pair, run]).map(opinionOf)
