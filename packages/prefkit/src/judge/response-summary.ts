import { type Interval, wilsonInterval } from '@prefkit/evals'
import { countReadings, type ScoreJudgement, sumUsages, type Usage } from '@prefkit/judges'
import type { JudgedRow } from './judge-responses'

/** What a judge said of responses, in numbers. */
export interface ResponseSummary {
  readonly rows: number
  readonly responses: number
  /** Responses that could not be judged. */
  readonly failed: number
  /** Responses whose score could not be read. */
  readonly unread: number
  readonly scores?: { readonly mean: number; readonly min: number; readonly max: number }
  /** How sure parses are, by name; of written answers. */
  readonly parses: Readonly<Record<string, number>>
  /** How often the chosen response scores higher, a tie half; absent without comparisons. */
  readonly accuracy?: {
    readonly value: number
    readonly trials: number
    readonly ties: number
    readonly interval: Interval
    /** Mean of chosen score − rejected score. */
    readonly margin: number
  }
  readonly usage: Usage
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** The scores of a comparison, chosen first; nothing where one is missing or the row is no comparison. */
function scoresOfPair({ row, outcomes }: JudgedRow): readonly [number, number] | undefined {
  const [chosen, rejected] = outcomes.map(({ judgement }) => judgement?.score)
  if (!('chosen_score' in row.values('score', [0, 0]))) return undefined
  return chosen === undefined || rejected === undefined ? undefined : [chosen, rejected]
}

function accuracyOf(rows: readonly JudgedRow[]): ResponseSummary['accuracy'] {
  const pairs = rows.flatMap((row) => {
    const scores = scoresOfPair(row)
    return scores ? [scores] : []
  })
  if (pairs.length === 0) return undefined
  const won = pairs.filter(([chosen, rejected]) => chosen > rejected).length
  const ties = pairs.filter(([chosen, rejected]) => chosen === rejected).length
  const credit = won + ties / 2
  const trials = pairs.length
  return {
    value: credit / trials,
    trials,
    ties,
    interval: wilsonInterval(credit, trials),
    margin: mean(pairs.map(([chosen, rejected]) => chosen - rejected)),
  }
}

/** What a judge said of responses. */
export function summariseResponses(rows: readonly JudgedRow[]): ResponseSummary {
  const outcomes = rows.flatMap((row) => row.outcomes)
  const judgements = outcomes.flatMap(({ judgement }): ScoreJudgement[] => (judgement ? [judgement] : []))
  const scores = judgements.flatMap(({ score }) => score ?? [])
  const { parses } = countReadings(judgements)
  const accuracy = accuracyOf(rows)
  return {
    rows: rows.length,
    responses: outcomes.length,
    failed: outcomes.length - judgements.length,
    unread: judgements.length - scores.length,
    ...(scores.length > 0 && {
      scores: {
        mean: mean(scores),
        min: scores.reduce((x, y) => Math.min(x, y)),
        max: scores.reduce((x, y) => Math.max(x, y)),
      },
    }),
    parses: Object.fromEntries(Object.entries(parses).filter(([, count]) => count > 0)),
    ...(accuracy && { accuracy }),
    usage: sumUsages(judgements.map(({ usage }) => usage)),
  }
}
