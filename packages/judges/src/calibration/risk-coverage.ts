import { JudgeError } from '../judge-error'
import { checkLabelled, type JudgedPair, outcomeOf, type PairLabel, probabilityOf } from './pair-label'

/** What a judge achieves that answers only where it is at least this sure. */
export interface RiskCoveragePoint {
  /** Least confidence max(P, 1 − P) of an answer, in [0.5, 1]. */
  readonly minConfidence: number
  /** Pairs answered. */
  readonly count: number
  /** Share of the labelled pairs that are answered, in (0, 1]. */
  readonly coverage: number
  /** Share of those that are right; P = ½ is half right. */
  readonly accuracy: number
}

/** Accuracy against coverage. */
export interface RiskCoverage {
  /** From the surest judgements alone to all; one for each confidence that occurs. */
  readonly points: readonly RiskCoveragePoint[]
  /**
   * Mean share of errors among the k surest judgements over k = 1, 2, …, in [0, 1]; judgements of one confidence are
   * taken in any order, on average. Null where there are none.
   */
  readonly areaUnderRiskCoverage: number | null
  /** Pairs whose label is a or b; ties have no right side and are left out. */
  readonly total: number
  /** Of those, pairs that the judge did not answer at any confidence. */
  readonly unanswered: number
}

interface Answer {
  readonly confidence: number
  readonly error: number
}

/** Answers of one confidence together, the surest first; equal to within rounding is equal. */
function groupByConfidence(answers: readonly Answer[]): Answer[][] {
  const groups: Answer[][] = []
  for (const answer of [...answers].sort((x, y) => y.confidence - x.confidence)) {
    const last = groups.at(-1)
    if (last && last[0]!.confidence - answer.confidence < 1e-12) last.push(answer)
    else groups.push([answer])
  }
  return groups
}

function answersOf(judgements: readonly JudgedPair[], labels: readonly PairLabel[]) {
  const outcomes = labels.map(outcomeOf)
  const decided = judgements.flatMap((judged, i) =>
    outcomes[i] === 0.5 ? [] : [{ p: probabilityOf(judged, `judgements[${i}]`), outcome: outcomes[i]! }],
  )
  const answers = decided.flatMap(({ p, outcome }): Answer[] =>
    p === undefined
      ? []
      : [{ confidence: Math.max(p, 1 - p), error: p === 0.5 ? 0.5 : Math.abs(Math.round(p) - outcome) }],
  )
  return { total: decided.length, answers }
}

/**
 * How accuracy rises as a judge abstains where it is less sure: the numbers to choose `minConfidence` of
 * `abstainingJudge` by.
 *
 * Geifman and El-Yaniv (1705.08500) for risk and coverage.
 *
 * @param judgements what the judge said of each pair; abstained and missing ones are unanswered
 * @param labels as many
 * @throws JudgeError `EMPTY`, also where every label is a tie; `LENGTH_MISMATCH`, `OUT_OF_RANGE`, `INVALID_INPUT`.
 */
export function riskCoverage(judgements: readonly JudgedPair[], labels: readonly PairLabel[]): RiskCoverage {
  checkLabelled('judgements', judgements, labels)
  const { total, answers } = answersOf(judgements, labels)
  if (total === 0) throw new JudgeError('EMPTY', 'labels', 'labels are all ties; expected one a or b')
  const points: RiskCoveragePoint[] = []
  let [count, errors, area] = [0, 0, 0]
  for (const group of groupByConfidence(answers)) {
    const rate = group.reduce((sum, { error }) => sum + error, 0) / group.length
    for (const _ of group) {
      count += 1
      errors += rate
      area += errors / count
    }
    const minConfidence = group.at(-1)!.confidence
    points.push({ minConfidence, count, coverage: count / total, accuracy: 1 - errors / count })
  }
  const areaUnderRiskCoverage = count === 0 ? null : area / count
  return { points, areaUnderRiskCoverage, total, unanswered: total - count }
}
