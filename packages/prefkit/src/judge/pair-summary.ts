import { promptText } from '@prefkit/datasets'
import { type Interval, wilsonInterval } from '@prefkit/evals'
import { countReadings, type PairJudgement, type ReadingCounts, sumUsages, type Usage } from '@prefkit/judges'
import type { JudgedPairOutcome } from './judge-pairs'
import { type JudgeMetaEvaluation, metaEvaluateJudge } from './meta-evaluate'
import { judgeRecords } from './meta-evaluate-records'

/** A share of trials with Wilson's interval. */
export interface Share {
  readonly value: number
  readonly trials: number
  readonly interval: Interval
}

/** What a judge said of pairs, in numbers. */
export interface PairSummary {
  readonly pairs: number
  /** Pairs that could not be judged. */
  readonly failed: number
  readonly verdicts: Readonly<Record<PairJudgement['verdict'], number>>
  readonly readings: ReadingCounts
  /** What judgements rest on, and how many. */
  readonly provenance: Readonly<Record<string, number>>
  /** How often verdicts are those of the data, a tie half; absent without labels. */
  readonly accuracy?: Share
  /** Accuracy by source, where there are several. */
  readonly sources?: readonly { readonly source: string; readonly accuracy: Share }[]
  /** Liking for a place, consistency, agreement less that of chance, and more; absent where nothing was judged. */
  readonly quality?: JudgeMetaEvaluation
  readonly usage: Usage
}

interface Judged {
  readonly pair: JudgedPairOutcome['pair']
  readonly judgement: PairJudgement
}

const shareOf = (credits: readonly number[]): Share | undefined => {
  const trials = credits.length
  if (trials === 0) return undefined
  const sum = credits.reduce((total, credit) => total + credit, 0)
  return { value: sum / trials, trials, interval: wilsonInterval(sum, trials) }
}

const verdictCredit: Readonly<Record<PairJudgement['verdict'], number | undefined>> = {
  a: 1,
  b: 0,
  tie: 0.5,
  abstained: undefined,
}

/** Whether a verdict is the label: 1, 0, or a half for a tie; nothing where either is missing. */
export function agreementOf({ pair: { label }, judgement }: Judged): number | undefined {
  const won = verdictCredit[judgement.verdict]
  if (label === undefined || won === undefined) return undefined
  return label === 'a' ? won : 1 - won
}

const present = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined)

const tally = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, each]) => [name, each.length]))

function bySource(judged: readonly Judged[]): PairSummary['sources'] {
  const groups = Map.groupBy(judged, ({ pair }) => pair.source ?? '')
  if (groups.size < 2) return undefined
  return [...groups].flatMap(([source, members]) => {
    const accuracy = shareOf(present(members.map(agreementOf)))
    return accuracy ? [{ source, accuracy }] : []
  })
}

/** Pairs of one prompt are drawn together for intervals; those without a prompt each by itself. */
const qualityOf = (judged: readonly Judged[], seed: number): JudgeMetaEvaluation =>
  metaEvaluateJudge(
    judgeRecords(
      judged.map(({ pair: { id, item, label }, judgement }) => ({
        judgement,
        pair: id,
        group: promptText(item) || id,
        lengthA: item.a.length,
        lengthB: item.b.length,
        ...(label && { label }),
      })),
    ),
    { seed },
  )

/** The judgements among outcomes. */
export const judgedOf = (outcomes: readonly JudgedPairOutcome[]): Judged[] =>
  outcomes.flatMap(({ pair, outcome: { judgement } }) => (judgement ? [{ pair, judgement }] : []))

/** What a judge said of pairs, and how far that is to be trusted. */
export function summarisePairs(outcomes: readonly JudgedPairOutcome[], seed: number): PairSummary {
  const judged = judgedOf(outcomes)
  const judgements = judged.map(({ judgement }) => judgement)
  const verdicts = { a: 0, b: 0, tie: 0, abstained: 0 }
  for (const { verdict } of judgements) verdicts[verdict]++
  const sources = bySource(judged)
  const accuracy = shareOf(present(judged.map(agreementOf)))
  return {
    pairs: outcomes.length,
    failed: outcomes.length - judged.length,
    verdicts,
    readings: countReadings(judgements),
    provenance: tally(judgements.map(({ provenance }) => provenance)),
    ...(accuracy && { accuracy }),
    ...(sources && sources.length > 0 && { sources }),
    ...(judged.length > 0 && { quality: qualityOf(judged, seed) }),
    usage: sumUsages(judgements.map(({ usage }) => usage)),
  }
}
